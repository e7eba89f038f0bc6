"""Plants one mistake after the other into rendered manifests; the check must refuse each, for that reason.

Usage: planted.py RENDERED.yaml HELP
"""

import sys

import manifests

# What is planted: text, what it becomes (once, the first time), and what the refusal must say.
MISTAKES = {
    "a probe of another path": ("path: /readyz", "path: /ready", "readinessProbe does not ask /readyz"),
    "a misspelt field": ("readinessProbe:", "readinesProbe:", "there is no field readinesProbe"),
    "a value of the wrong type": ("replicas: 1", "replicas: one", "must be a whole number"),
    "a selector that selects nobody": (
        "selector:\n    app.kubernetes.io/name: participants", "selector:\n    app.kubernetes.io/name: participant",
        "selects the pods of nobody"),
    "a port that nobody has": ("targetPort: grpc", "targetPort: grcp", "which the container has not"),
    "a secret that is not there": ("secretName: participants-tls", "secretName: participant-tls", "that is not there"),
    "a volume that nobody has": ("mountPath: /tmp\n          name: tmp", "mountPath: /tmp\n          name: temp",
                                 "mounts the volume temp"),
    "root": ("runAsNonRoot: true\n        runAsUser: 65532", "runAsUser: 65532", "may run as root"),
    "a file system that can be written": ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false",
                                          "has not readOnlyRootFilesystem"),
    "a peer elsewhere": ("--peer=workshops=workshops:8443", "--peer=workshops=statistics:8443", "where it is not"),
    "a call too many": ("--service=participants\n",
                        "--service=participants\n        - --peer=statistics=statistics:8443\n",
                        "should have ['workshops']"),
    "a policy for pods that are not there": (
        "- podSelector:\n        matchLabels:\n          app.kubernetes.io/name: statistics",
        "- podSelector:\n        matchLabels:\n          app.kubernetes.io/name: statistic", "which are not there"),
    "no denial by default": ("podSelector: {}\n  policyTypes:\n  - Ingress\n  - Egress\n",
                             "podSelector: {}\n  policyTypes:\n  - Ingress\n", "nothing denies by default"),
    "two writers of one store": ("replicas: 1", "replicas: 2", "one store has one writer"),
    "a flag that equityd has not": ("--token-file=", "--token-files=", "equityd has no --token-files"),
    "a key that stands twice": ("  replicas: 1\n", "  replicas: 1\n  replicas: 1\n", "stands twice"),
    "an API that is gone": ("apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", "of policy/v1beta1"),
    "one gateway alone": ("replicas: 2", "replicas: 1", "has no second replica"),
    "a gap while the gateway is replaced": ("maxUnavailable: 0", "maxUnavailable: 1",
                                            "goes before the next one answers"),
    "a gateway without a way to the plans": (
        "        - --peer=benefit_plans=benefit-plans:8443\n", "", "Deployment gateway: has the peers"),
    "HTTP on another port": ("--http-port=8080", "--http-port=8081", "is not the port http"),
    "a door that the edge cannot reach": ("port: 8080\n      protocol: TCP\n  podSelector",
                                          "port: 8088\n      protocol: TCP\n  podSelector",
                                          "does not let the edge in to HTTP"),
    "plans that nobody may call": (
        "app.kubernetes.io/name: gateway\n    - podSelector:\n        matchLabels:\n"
        "          app.kubernetes.io/name: statistics\n    ports:\n    - port: 8443\n      protocol: TCP\n  podSelector:\n"
        "    matchLabels:\n      app.kubernetes.io/name: benefit-plans",
        "app.kubernetes.io/name: workshops\n    - podSelector:\n        matchLabels:\n"
        "          app.kubernetes.io/name: statistics\n    ports:\n    - port: 8443\n      protocol: TCP\n  podSelector:\n"
        "    matchLabels:\n      app.kubernetes.io/name: benefit-plans", "Ingress with gateway must be allowed"),
    "a reference group that may call others": (
        "--service=reference_group", "--service=reference_group\n        - --peer=participants=participants:8443",
        "StatefulSet reference-group: has the peers"),
    "an account that nobody has": ("name: reference-group\n  namespace", "name: reference-groups\n  namespace",
                                   "has the serviceAccountName reference-group, which is not there"),
    "a budget that never lets a node go": ("minAvailable: 1", "minAvailable: 2",
                                           "would never let a node be emptied"),
    "a quantity that is none": ("memory: 256Mi", "memory: 256Mx", "must be a quantity"),
}


def main():
    rendered = open(sys.argv[1], encoding="utf-8").read()
    help_text = open(sys.argv[2], encoding="utf-8").read()
    for mistake, (right, wrong, reason) in MISTAKES.items():
        if right not in rendered:
            sys.exit(f"{mistake} cannot be planted: there is no {right!r}")
        faults, _ = manifests.faults_of(rendered.replace(right, wrong, 1), help_text)
        if not any(reason in fault for fault in faults):
            sys.exit(f"{mistake} is not refused because of {reason!r}: {faults}")
    print(f"{len(MISTAKES)} of {len(MISTAKES)} planted mistakes refused")


main()
