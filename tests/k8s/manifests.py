"""Checks rendered manifests: each document against its schema, and that everything they name is there.

Usage: manifests.py RENDERED.yaml [HELP]: prints what was checked, or the faults, and exits with 1. HELP is the output
of `equityd --help`, against which the flags of the containers are held.
"""

import re
import sys

import yaml

import schemas

NAME_LABEL = "app.kubernetes.io/name"
PROBES = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
# Who calls whom, and whose changes a service follows; nothing else is to be let through. Names are as here: with a
# hyphen where the service has an underscore.
CALLS = {
    "participants": {"workshops"},
    "workshops": {"participants"},
    "statistics": {"participants", "workshops", "benefit-plans", "reference-group"},
    "benefit-plans": {"workshops", "participants"},
    "reference-group": set(),
    "gateway": {"participants", "workshops", "statistics", "benefit-plans", "reference-group"},
}


class UniqueKeys(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"the key {key} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


class Manifests:
    def __init__(self, documents):
        self.documents = documents
        self.faults = []

    def of(self, kind):
        return {d["metadata"]["name"]: d for d in self.documents if d["kind"] == kind}

    def fault(self, what, why):
        self.faults.append(f"{what}: {why}")

    def workloads(self):
        """Name -> StatefulSet, of a service with its store, or Deployment, of what holds nothing."""
        return self.of("StatefulSet") | self.of("Deployment")

    def pods(self):
        """Name of the workload -> (labels, spec) of its pods."""
        return {
            name: (d["spec"]["template"]["metadata"]["labels"], d["spec"]["template"]["spec"])
            for name, d in self.workloads().items()
        }

    def selected(self, selector):
        wanted = selector.get("matchLabels", selector) if selector else {}
        return [n for n, (labels, _) in self.pods().items() if wanted.items() <= labels.items()]


def ports_of(spec):
    return {p["name"]: p["containerPort"] for c in spec["containers"] for p in c.get("ports", [])}


def flags_of(container):
    words = container.get("command", [])[1:] + container.get("args", [])
    return [re.fullmatch(r"(--[a-z-]+)(?:=(.*))?", word).groups() for word in words]


def check_names(m):
    seen = set()
    namespaces = set(m.of("Namespace"))
    for d in m.documents:
        key = (d["kind"], d["metadata"]["name"])
        if key in seen:
            m.fault(" ".join(key), "is there twice")
        seen.add(key)
        if d["kind"] == "Namespace":
            level = d["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce")
            if level != "restricted":
                m.fault(" ".join(key), "does not enforce the Pod Security level restricted")
        elif d["metadata"].get("namespace") not in namespaces:
            m.fault(" ".join(key), "is in a namespace that is not there")


def check_services(m):
    for name, d in m.of("Service").items():
        chosen = m.selected(d["spec"]["selector"])
        if chosen != [name]:
            m.fault(f"Service {name}", f"selects the pods of {chosen or 'nobody'}")
            continue
        ports = ports_of(m.pods()[name][1])
        for port in d["spec"]["ports"]:
            if port["targetPort"] not in ports and port["targetPort"] not in ports.values():
                m.fault(f"Service {name}", f"has the targetPort {port['targetPort']}, which the container has not")
    for name, d in m.of("PodDisruptionBudget").items():
        if m.selected(d["spec"]["selector"]) != [name]:
            m.fault(f"PodDisruptionBudget {name}", "does not select the pods of its name")
            continue
        if d["spec"].get("minAvailable", 0) >= m.workloads()[name]["spec"]["replicas"]:
            m.fault(f"PodDisruptionBudget {name}", "would never let a node be emptied")


def check_workload(m, name, d):
    what = f"{d['kind']} {name}"
    labels, spec = m.pods()[name]
    if not d["spec"]["selector"]["matchLabels"].items() <= labels.items():
        m.fault(what, "does not select its own pods")
    if m.selected(d["spec"]["selector"]) != [name]:
        m.fault(what, "selects the pods of another one")
    if d["kind"] == "StatefulSet":
        if d["spec"]["serviceName"] not in m.of("Service"):
            m.fault(what, f"has the serviceName {d['spec']['serviceName']}, which is not there")
        if d["spec"]["replicas"] != 1:
            m.fault(what, "has not one replica: one store has one writer")
    else:
        check_several(m, what, name, d, spec)
    if name not in m.of("PodDisruptionBudget"):
        m.fault(what, "has no PodDisruptionBudget")
    account = m.of("ServiceAccount").get(spec.get("serviceAccountName"))
    if account is None:
        m.fault(what, f"has the serviceAccountName {spec.get('serviceAccountName')}, which is not there")
    elif account.get("automountServiceAccountToken") is not False:
        m.fault(what, "has a ServiceAccount whose token is mounted")
    if spec.get("automountServiceAccountToken") is not False:
        m.fault(what, "mounts the token of its ServiceAccount")
    check_restricted(m, what, spec)
    check_references(m, what, d, spec)
    for container in spec["containers"]:
        check_container(m, f"{what}, container {container['name']}", d, spec, container)


def check_several(m, what, name, d, spec):
    """What can be there several times is, and stays reachable while it is replaced."""
    if d["spec"]["replicas"] < 2:
        m.fault(what, "has no second replica: nobody answers while it is replaced")
    if d["spec"].get("strategy", {}).get("rollingUpdate", {}).get("maxUnavailable") != 0:
        m.fault(what, "goes before the next one answers")
    if name not in m.of("Service"):
        m.fault(what, "has no Service of its name")
    for spread in spec.get("topologySpreadConstraints", []):
        if m.selected(spread["labelSelector"]) != [name]:
            m.fault(what, "spreads the pods of another one")
    for volume in spec.get("volumes", []):
        if "persistentVolumeClaim" in volume:
            m.fault(what, f"keeps {volume['name']}, which its replicas would share")


def check_restricted(m, what, spec):
    context = spec.get("securityContext", {})
    if context.get("runAsNonRoot") is not True or "runAsUser" not in context:
        m.fault(what, "may run as root")
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        m.fault(what, "has not the seccompProfile RuntimeDefault")
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        for field, wanted in (("allowPrivilegeEscalation", False), ("readOnlyRootFilesystem", True)):
            if own.get(field) is not wanted:
                m.fault(what, f"has not {field}: {str(wanted).lower()}")
        if own.get("capabilities") != {"drop": ["ALL"]}:
            m.fault(what, "does not drop ALL capabilities")
        limits = container.get("resources", {})
        if "memory" not in limits.get("limits", {}) or not {"cpu", "memory"} <= set(limits.get("requests", {})):
            m.fault(what, "has no requests of cpu and memory, or no limit of memory")


def keys_of(m, volume):
    """The files of a volume; None where it is empty at first or missing."""
    if "configMap" in volume:
        found = m.of("ConfigMap").get(volume["configMap"]["name"])
    elif "secret" in volume:
        found = m.of("Secret").get(volume["secret"]["secretName"])
    else:
        return None
    return set(found["data"]) if found else None


def check_references(m, what, d, spec):
    volumes = {v["name"]: v for v in spec.get("volumes", [])}
    claims = {c["metadata"]["name"] for c in d["spec"].get("volumeClaimTemplates", [])}
    mounted = {mount["name"] for c in spec["containers"] for mount in c.get("volumeMounts", [])}
    for name in mounted - set(volumes) - claims:
        m.fault(what, f"mounts the volume {name}, which is not there")
    for name in (set(volumes) | claims) - mounted:
        m.fault(what, f"has the volume {name}, which nobody mounts")
    for name, volume in volumes.items():
        if "emptyDir" not in volume and keys_of(m, volume) is None:
            m.fault(what, f"has the volume {name} of a ConfigMap or Secret that is not there")
    for container in spec["containers"]:
        for variable in container.get("env", []):
            wanted = variable.get("valueFrom", {}).get("configMapKeyRef")
            if wanted and wanted["key"] not in m.of("ConfigMap").get(wanted["name"], {}).get("data", {}):
                m.fault(what, f"takes {variable['name']} from {wanted['name']}, which has no {wanted['key']}")


def check_container(m, what, d, spec, container):
    ports = ports_of(spec)
    for probe, path in PROBES.items():
        asked = container.get(probe, {}).get("httpGet", {})
        if asked.get("path") != path:
            m.fault(what, f"{probe} does not ask {path}")
        if asked.get("port") not in ports and asked.get("port") not in ports.values():
            m.fault(what, f"{probe} asks the port {asked.get('port')}, which the container has not")
    flags = flags_of(container)
    given = dict(flags)
    for flag, port in (("--port", "grpc"), ("--admin-port", "admin"), ("--http-port", "http")):
        if given.get(flag) != (str(ports[port]) if port in ports else None):
            m.fault(what, f"{flag}={given.get(flag)} is not the port {port}")
    if dns_name(given.get("--service") or "") != d["metadata"]["name"]:
        m.fault(what, f"serves {given.get('--service')}")
    variables = {v["name"] for v in container.get("env", [])}
    mounts = {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts", [])}
    volumes = {v["name"]: v for v in spec.get("volumes", [])}
    for flag, value in flags:
        for variable in re.findall(r"\$\(([A-Z_]+)\)", value or ""):
            if variable not in variables:
                m.fault(what, f"{flag} uses {variable}, which is not set")
        if flag == "--data" and value not in mounts:
            m.fault(what, f"{flag}={value} is on no volume")
        if flag.startswith("--tls-") or flag in ("--token-file", "--jwks-file"):
            folder, _, file = value.rpartition("/")
            keys = keys_of(m, volumes.get(mounts.get(folder), {}))
            if keys is None or file not in keys:
                m.fault(what, f"{flag}={value} is on no volume")


def dns_name(service):
    return service.replace("_", "-")


def peers_of(spec):
    """(service, host, port) of each."""
    flags = [f for c in spec["containers"] for f in flags_of(c)]
    peers = [re.fullmatch(r"([a-z_]+)=([^:]+):(\d+)", value).groups() for flag, value in flags if flag == "--peer"]
    return [(dns_name(service), host, port) for service, host, port in peers]


def allowed(m, direction, of, with_):
    """Whether a policy lets the pods `of` and `with_` speak, on the side of `of`; the ports."""
    ports = set()
    side, key = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    for policy in m.of("NetworkPolicy").values():
        if direction not in policy["spec"]["policyTypes"] or of not in m.selected(policy["spec"]["podSelector"]):
            continue
        for rule in policy["spec"].get(side, []):
            for peer in rule[key]:
                if "namespaceSelector" not in peer and with_ in m.selected(peer["podSelector"]):
                    ports |= {p["port"] for p in rule["ports"] if p["protocol"] == "TCP"}
    return ports


def check_network(m):
    pods = m.pods()
    if not any(p["spec"]["podSelector"] == {} and set(p["spec"]["policyTypes"]) == {"Ingress", "Egress"}
               and "ingress" not in p["spec"] and "egress" not in p["spec"] for p in m.of("NetworkPolicy").values()):
        m.fault("NetworkPolicy", "nothing denies by default")
    for name, policy in m.of("NetworkPolicy").items():
        if not m.selected(policy["spec"]["podSelector"]):
            m.fault(f"NetworkPolicy {name}", "selects nobody")
        rules = policy["spec"].get("ingress", []) + policy["spec"].get("egress", [])
        for peer in (peer for rule in rules for peer in rule.get("from", []) + rule.get("to", [])):
            if "namespaceSelector" not in peer and not m.selected(peer["podSelector"]):
                m.fault(f"NetworkPolicy {name}", f"names the pods {peer['podSelector']}, which are not there")
    for source, (_, spec) in pods.items():
        peers = {}
        for peer, host, port in peers_of(spec):
            service = m.of("Service").get(host)
            if service is None or int(port) not in {p["port"] for p in service["spec"]["ports"]}:
                m.fault(f"{m.workloads()[source]['kind']} {source}", f"has the peer {host}:{port}, which is no Service")
            elif m.selected(service["spec"]["selector"]) != [peer]:
                m.fault(f"{m.workloads()[source]['kind']} {source}", f"has the peer {peer} at {host}, where it is not")
            peers[peer] = host
        if set(peers) != CALLS[source]:
            m.fault(f"{m.workloads()[source]['kind']} {source}",
                    f"has the peers {sorted(peers)} and should have {sorted(CALLS[source])}")
        for target in pods:
            if target == source:
                continue
            grpc = {ports_of(pods[target][1])["grpc"]} if target in CALLS[source] else set()
            for direction, one, other in (("Egress", source, target), ("Ingress", target, source)):
                if allowed(m, direction, one, other) != grpc:
                    m.fault(f"NetworkPolicy {one}", f"{direction} with {other} must be allowed for {grpc or 'nothing'} "
                            f"and is for {allowed(m, direction, one, other) or 'nothing'}")


def check_edge(m):
    """The edge, in a namespace of its own, reaches gRPC of all, and HTTP where it is spoken; nobody else does."""
    for name, (_, spec) in m.pods().items():
        for policy_name, policy in m.of("NetworkPolicy").items():
            if name not in m.selected(policy["spec"]["podSelector"]):
                continue
            for rule in policy["spec"].get("ingress", []):
                if any("namespaceSelector" not in peer for peer in rule["from"]):
                    continue
                for port in rule["ports"]:
                    if port["port"] not in ports_of(spec).values():
                        m.fault(f"NetworkPolicy {policy_name}", f"opens {port['port']} of {name}, which it has not")
        http = ports_of(spec).get("http")
        if http is not None and http not in from_namespaces(m, name, "equity-challenge/edge"):
            m.fault(f"NetworkPolicy {name}", "does not let the edge in to HTTP")


def from_namespaces(m, name, label):
    ports = set()
    for policy in m.of("NetworkPolicy").values():
        if name not in m.selected(policy["spec"]["podSelector"]):
            continue
        for rule in policy["spec"].get("ingress", []):
            if any(label in peer.get("namespaceSelector", {}).get("matchLabels", {}) for peer in rule["from"]):
                ports |= {port["port"] for port in rule["ports"]}
    return ports


def check_flags(m, help_text):
    known = set(re.findall(r"--[a-z-]+", help_text))
    for name, (_, spec) in m.pods().items():
        for container in spec["containers"]:
            for flag, _ in flags_of(container):
                if flag not in known:
                    m.fault(f"{m.workloads()[name]['kind']} {name}", f"equityd has no {flag}")


def faults_of(rendered, help_text=None):
    try:
        documents = [d for d in yaml.load_all(rendered, Loader=UniqueKeys) if d]
    except yaml.YAMLError as error:
        return [str(error)], 0
    faults = [fault for d in documents for fault in schemas.check(d)]
    if faults:  # references are looked up in documents that are what they should be
        return faults, len(documents)
    m = Manifests(documents)
    if set(m.workloads()) != set(CALLS):
        return [f"there are {sorted(m.workloads())} in place of {sorted(CALLS)}"], len(documents)
    check_names(m)
    check_services(m)
    for name, d in m.workloads().items():
        check_workload(m, name, d)
    check_network(m)
    check_edge(m)
    if help_text is not None:
        check_flags(m, help_text)
    return m.faults, len(documents)


def main():
    help_text = open(sys.argv[2], encoding="utf-8").read() if len(sys.argv) > 2 else None
    faults, count = faults_of(open(sys.argv[1], encoding="utf-8").read(), help_text)
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        sys.exit(1)
    print(f"{count} documents without a fault")


if __name__ == "__main__":
    main()
