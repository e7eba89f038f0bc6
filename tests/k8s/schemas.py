"""Strict schemas of the Kubernetes kinds that k8s/ uses: what is not named here is refused.

A schema is a function (value, path, faults). A field with a leading "!" must be there.
"""

import re


def text(value, path, faults):
    if not isinstance(value, str):
        faults.append(f"{path}: must be text and is {value!r}")


def boolean(value, path, faults):
    if not isinstance(value, bool):
        faults.append(f"{path}: must be true or false and is {value!r}")


def integer(least, most):
    def check(value, path, faults):
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            faults.append(f"{path}: must be a whole number from {least} to {most} and is {value!r}")

    return check


def pattern(expression, what):
    compiled = re.compile(expression)

    def check(value, path, faults):
        if not isinstance(value, str) or not compiled.fullmatch(value):
            faults.append(f"{path}: must be {what} and is {value!r}")

    return check


def one_of(*choices):
    def check(value, path, faults):
        if value not in choices:
            faults.append(f"{path}: must be one of {', '.join(map(str, choices))} and is {value!r}")

    return check


def either(first, second):
    """By the type: whole numbers go to `first`, the rest to `second`."""

    def check(value, path, faults):
        (first if isinstance(value, int) else second)(value, path, faults)

    return check


def items(schema, least=1):
    def check(value, path, faults):
        if not isinstance(value, list) or len(value) < least:
            faults.append(f"{path}: must be a list of {least} or more")
            return
        for index, item in enumerate(value):
            schema(item, f"{path}[{index}]", faults)

    return check


def mapping(key, schema):
    def check(value, path, faults):
        if not isinstance(value, dict) or not value:
            faults.append(f"{path}: must be a mapping and is {value!r}")
            return
        for name, item in value.items():
            key(name, f"{path}, the key {name}", faults)
            schema(item, f"{path}.{name}", faults)

    return check


def from_table(table):
    required = {name[1:] for name in table if name.startswith("!")}
    known = {name.lstrip("!"): schema for name, schema in table.items()}

    def check(value, path, faults):
        if not isinstance(value, dict):
            faults.append(f"{path}: must be a mapping and is {value!r}")
            return
        for name in sorted(required - set(value)):
            faults.append(f"{path}: has no {name}")
        for name, item in value.items():
            if name in known:
                known[name](item, f"{path}.{name}", faults)
            else:
                faults.append(f"{path}: there is no field {name}")

    return check


def anything(value, path, faults):
    """For {} alone: an empty selector, which means all."""
    if value != {}:
        labels_selector(value, path, faults)


DNS_LABEL = pattern(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", "a DNS label")
DNS_NAME = pattern(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", "a DNS name")
PORT = integer(1, 65535)
PORT_NAME = pattern(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?", "a port's name of at most 15 characters")
QUANTITY = pattern(r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?", "a quantity such as 250m or 1Gi")
LABEL_KEY = pattern(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", "a label's key")
LABEL_VALUE = pattern(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?", "a label's value")
ABSOLUTE = pattern(r"/[^:]*", "an absolute path")
COUNT = integer(1, 1000)

labels = mapping(LABEL_KEY, LABEL_VALUE)
labels_selector = from_table({"!matchLabels": labels})
metadata = from_table({"!name": DNS_NAME, "namespace": DNS_LABEL, "labels": labels})


def kind(**rest):
    return from_table({"!apiVersion": text, "!kind": text, "!metadata": metadata, **rest})


resources = from_table({
    "requests": mapping(one_of("cpu", "memory", "ephemeral-storage", "storage"), QUANTITY),
    "limits": mapping(one_of("cpu", "memory", "ephemeral-storage"), QUANTITY),
})
probe = from_table({
    "!httpGet": from_table({"!path": ABSOLUTE, "!port": either(PORT, PORT_NAME)}),
    "periodSeconds": COUNT, "timeoutSeconds": COUNT, "failureThreshold": COUNT,
})
container = from_table({
    "!name": DNS_LABEL, "!image": pattern(r"[a-z0-9./_-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})", "an image with a tag"),
    "command": items(text), "args": items(text),
    "env": items(from_table({
        "!name": pattern(r"[A-Z][A-Z0-9_]*", "a variable"), "value": text,
        "valueFrom": from_table({"!configMapKeyRef": from_table({"!name": DNS_NAME, "!key": text})}),
    })),
    "ports": items(from_table({"!name": PORT_NAME, "!containerPort": PORT, "!protocol": one_of("TCP", "UDP")})),
    "lifecycle": from_table({"!preStop": from_table({"!sleep": from_table({"!seconds": COUNT})})}),
    "startupProbe": probe, "livenessProbe": probe, "readinessProbe": probe,
    "resources": resources,
    "securityContext": from_table({
        "runAsNonRoot": boolean, "allowPrivilegeEscalation": boolean, "readOnlyRootFilesystem": boolean,
        "capabilities": from_table({"drop": items(text), "add": items(text)}),
    }),
    "volumeMounts": items(from_table({"!name": DNS_LABEL, "!mountPath": ABSOLUTE, "readOnly": boolean})),
})
volume = from_table({
    "!name": DNS_LABEL,
    "emptyDir": from_table({"sizeLimit": QUANTITY}),
    "configMap": from_table({"!name": DNS_NAME}),
    "secret": from_table({"!secretName": DNS_NAME, "defaultMode": integer(0, 0o777)}),
})
pod = from_table({
    "!containers": items(container), "volumes": items(volume), "serviceAccountName": DNS_LABEL,
    "automountServiceAccountToken": boolean, "enableServiceLinks": boolean,
    "terminationGracePeriodSeconds": integer(0, 3600),
    "topologySpreadConstraints": items(from_table({
        "!maxSkew": COUNT, "!topologyKey": LABEL_KEY, "!labelSelector": labels_selector,
        "!whenUnsatisfiable": one_of("DoNotSchedule", "ScheduleAnyway"),
    })),
    "securityContext": from_table({
        "runAsNonRoot": boolean, "runAsUser": integer(1, 2**31), "runAsGroup": integer(1, 2**31),
        "fsGroup": integer(1, 2**31), "fsGroupChangePolicy": one_of("OnRootMismatch", "Always"),
        "seccompProfile": from_table({"!type": one_of("RuntimeDefault", "Localhost")}),
    }),
})
template_metadata = from_table({"!labels": labels})
network_peer = from_table({"podSelector": labels_selector, "namespaceSelector": labels_selector})
network_ports = items(from_table({"!protocol": one_of("TCP", "UDP"), "!port": PORT}))

KINDS = {
    ("v1", "Namespace"): kind(),
    ("v1", "ServiceAccount"): kind(automountServiceAccountToken=boolean),
    ("v1", "ConfigMap"): kind(**{"!data": mapping(text, text)}),
    ("v1", "Secret"): kind(**{"!data": mapping(text, text), "!type": one_of("Opaque", "kubernetes.io/tls")}),
    ("v1", "Service"): kind(**{"!spec": from_table({
        "type": one_of("ClusterIP"), "!selector": labels,
        "!ports": items(from_table({"!name": PORT_NAME, "!port": PORT, "!targetPort": either(PORT, PORT_NAME),
                                    "!protocol": one_of("TCP", "UDP")})),
    })}),
    ("apps/v1", "StatefulSet"): kind(**{"!spec": from_table({
        "!serviceName": DNS_LABEL, "!replicas": integer(0, 100), "!selector": labels_selector,
        "updateStrategy": from_table({"!type": one_of("RollingUpdate", "OnDelete")}),
        "!template": from_table({"!metadata": template_metadata, "!spec": pod}),
        "volumeClaimTemplates": items(from_table({
            "!metadata": metadata,
            "!spec": from_table({
                "!accessModes": items(one_of("ReadWriteOnce", "ReadWriteOncePod")), "!resources": resources,
                "storageClassName": DNS_NAME,
            }),
        })),
    })}),
    ("apps/v1", "Deployment"): kind(**{"!spec": from_table({
        "!replicas": integer(0, 100), "!selector": labels_selector,
        "strategy": from_table({
            "!type": one_of("RollingUpdate", "Recreate"),
            "rollingUpdate": from_table({"maxUnavailable": integer(0, 100), "maxSurge": integer(0, 100)}),
        }),
        "!template": from_table({"!metadata": template_metadata, "!spec": pod}),
    })}),
    ("policy/v1", "PodDisruptionBudget"): kind(**{"!spec": from_table({
        "!selector": labels_selector, "maxUnavailable": integer(1, 100), "minAvailable": integer(0, 100),
    })}),
    ("networking.k8s.io/v1", "NetworkPolicy"): kind(**{"!spec": from_table({
        "!podSelector": anything, "!policyTypes": items(one_of("Ingress", "Egress")),
        "ingress": items(from_table({"!from": items(network_peer), "!ports": network_ports})),
        "egress": items(from_table({"!to": items(network_peer), "!ports": network_ports})),
    })}),
}


def check(document):
    """The faults of one document by itself."""
    faults = []
    key = (document.get("apiVersion"), document.get("kind"))
    path = f"{key[1]} {(document.get('metadata') or {}).get('name')}"
    if key in KINDS:
        KINDS[key](document, path, faults)
    else:
        faults.append(f"{path}: there is no {key[1]} of {key[0]} here")
    return faults
