"""Lays out what a kubelet would give to the container of a service.

Usage: pod.py RENDERED.yaml SERVICE FOLDER. Writes FOLDER/command (words that end in NUL), FOLDER/mounts (lines of
`mountPath folder`) and the folders of the volumes, those of ConfigMaps and Secrets with their files.
"""

import base64
import pathlib
import re
import sys

import yaml


def files_of(volume, documents):
    """Name -> bytes; none for a volume that is empty at first."""
    for kind, key in (("ConfigMap", "name"), ("Secret", "secretName")):
        source = volume.get(kind[0].lower() + kind[1:])
        if source:
            data = documents[kind, source[key]]["data"]
            return {n: base64.b64decode(v) if kind == "Secret" else v.encode() for n, v in data.items()}
    return {}


def main():
    rendered, service, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    documents = {(d["kind"], d["metadata"]["name"]): d for d in yaml.safe_load_all(open(rendered, encoding="utf-8"))}
    workload = documents.get(("StatefulSet", service)) or documents["Deployment", service]
    spec = workload["spec"]["template"]["spec"]
    container = spec["containers"][0]
    variables = {}
    for variable in container.get("env", []):
        source = variable["valueFrom"]["configMapKeyRef"]
        variables[variable["name"]] = documents["ConfigMap", source["name"]]["data"][source["key"]]
    words = [re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], word)
             for word in container["command"] + container["args"]]
    (folder / "command").write_text("".join(word + "\0" for word in words))
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    with open(folder / "mounts", "w", encoding="utf-8") as mounts:
        for mount in container["volumeMounts"]:
            place = folder / mount["name"]
            place.mkdir()
            for name, content in files_of(volumes.get(mount["name"], {}), documents).items():
                (place / name).write_bytes(content)
                (place / name).chmod(0o440)
            mounts.write(f"{mount['mountPath']} {place}\n")


main()
