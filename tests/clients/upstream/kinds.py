"""Objects of built-in kinds with many fields, for patches of them to be drawn from."""

# The keys of lists of maps; strategic patches know the first of them.
KEYS = {
    "containers": ["name"],
    "initContainers": ["name"],
    "ephemeralContainers": ["name"],
    "volumes": ["name"],
    "env": ["name"],
    "imagePullSecrets": ["name"],
    "secrets": ["name"],
    "webhooks": ["name"],
    "matchConditions": ["name"],
    "volumeMounts": ["mountPath"],
    "volumeDevices": ["devicePath"],
    "hostAliases": ["ip"],
    "topologySpreadConstraints": ["topologyKey", "whenUnsatisfiable"],
    "ports": ["containerPort", "port", "protocol"],
    "ownerReferences": ["uid"],
    "resourceClaims": ["name"],
    "schedulingGates": ["name"],
    "readinessGates": [],
}

LABELS = {"app": "a", "tier": "b", "track": "c"}
META = {"labels": LABELS, "annotations": {"n1": "v1", "n2": "v2"}, "finalizers": ["example.com/a", "example.com/b"]}
OWNERS = [
    {"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": uid}
    for name, uid in (("o1", "11111111-1111-1111-1111-111111111111"), ("o2", "22222222-2222-2222-2222-222222222222"))
]

PROBE = {"httpGet": {"path": "/p", "port": 80, "httpHeaders": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}, "periodSeconds": 5, "timeoutSeconds": 2}
POD = {
    "containers": [
        {
            "name": "main",
            "image": "i1",
            "command": ["c", "d"],
            "args": ["-a", "-b"],
            "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}, {"name": "C", "value": "3"}],
            "envFrom": [{"configMapRef": {"name": "cm"}}, {"prefix": "P", "secretRef": {"name": "s"}}],
            "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81, "protocol": "UDP", "name": "dns"}, {"containerPort": 90, "protocol": "TCP"}],
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
            "volumeMounts": [{"name": "v1", "mountPath": "/a"}, {"name": "v2", "mountPath": "/b", "readOnly": True}],
            "livenessProbe": PROBE,
            "readinessProbe": {"exec": {"command": ["true"]}, "initialDelaySeconds": 3},
            "lifecycle": {"preStop": {"exec": {"command": ["x"]}}},
            "securityContext": {"runAsUser": 5, "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]}, "readOnlyRootFilesystem": True},
            "imagePullPolicy": "Always",
        },
        {"name": "side", "image": "i2", "env": [{"name": "A", "value": "1"}]},
        {"name": "third", "image": "i3"},
    ],
    "initContainers": [{"name": "init", "image": "i0", "restartPolicy": "Always"}, {"name": "init2", "image": "i0"}],
    "volumes": [
        {"name": "v1", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "v2", "configMap": {"name": "cm", "items": [{"key": "k", "path": "p"}], "defaultMode": 420}},
        {"name": "v3", "projected": {"sources": [{"secret": {"name": "s"}}, {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}},
    ],
    "nodeSelector": {"disk": "ssd", "zone": "a"},
    "tolerations": [{"key": "a", "operator": "Exists"}, {"key": "b", "value": "x", "effect": "NoExecute", "tolerationSeconds": 30}],
    "imagePullSecrets": [{"name": "p1"}, {"name": "p2"}],
    "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["a", "b"]}, {"ip": "1.2.3.5", "hostnames": ["c"]}],
    "topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "a"}}, "matchLabelKeys": ["x"]},
        {"maxSkew": 2, "topologyKey": "host", "whenUnsatisfiable": "ScheduleAnyway"},
    ],
    "affinity": {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["x", "y"]}]}]}},
        "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 5, "podAffinityTerm": {"topologyKey": "h", "labelSelector": {"matchLabels": LABELS}}}]},
    },
    "securityContext": {"runAsUser": 7, "fsGroup": 8, "supplementalGroups": [1, 2], "sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]},
    "dnsConfig": {"nameservers": ["1.1.1.1"], "searches": ["a", "b"], "options": [{"name": "ndots", "value": "2"}]},
    "terminationGracePeriodSeconds": 11,
    "serviceAccountName": "default",
    "hostname": "h",
}
TEMPLATE = {"metadata": {"labels": LABELS, "annotations": {"t": "1"}}, "spec": POD}
JOB_TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD | {"restartPolicy": "Never"}}
SELECTOR = {"matchLabels": {"app": "a"}}


def body(version, kind, meta=None, **more):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "it", **META, **(meta or {})}, **more}


APPS = "/apis/apps/v1/namespaces/NS"
CORE = "/api/v1/namespaces/NS"
BODIES = {
    "deployment": (f"{APPS}/deployments", body("apps/v1", "Deployment", {"ownerReferences": OWNERS}, spec={"replicas": 2, "selector": SELECTOR, "template": TEMPLATE, "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "10%"}}, "minReadySeconds": 1, "paused": True})),
    "daemonset": (f"{APPS}/daemonsets", body("apps/v1", "DaemonSet", spec={"selector": SELECTOR, "template": TEMPLATE, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}, "revisionHistoryLimit": 3})),
    "statefulset": (f"{APPS}/statefulsets", body("apps/v1", "StatefulSet", spec={"replicas": 1, "serviceName": "s", "selector": SELECTOR, "template": TEMPLATE, "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Retain"}, "ordinals": {"start": 1}})),
    "podtemplate": (f"{CORE}/podtemplates", body("v1", "PodTemplate", template=TEMPLATE)),
    "replicationcontroller": (f"{CORE}/replicationcontrollers", body("v1", "ReplicationController", spec={"replicas": 1, "selector": {"app": "a"}, "template": TEMPLATE})),
    "pod": (f"{CORE}/pods", body("v1", "Pod", {"ownerReferences": OWNERS}, spec={k: v for k, v in POD.items() if k != "serviceAccountName"} | {"automountServiceAccountToken": False, "schedulingGates": [{"name": "a/b"}, {"name": "c/d"}]})),
    "cronjob": ("/apis/batch/v1/namespaces/NS/cronjobs", body("batch/v1", "CronJob", spec={"schedule": "* * * * *", "timeZone": "Etc/UTC", "suspend": True, "startingDeadlineSeconds": 5, "jobTemplate": {"metadata": {"labels": LABELS}, "spec": {"parallelism": 2, "completions": 3, "backoffLimit": 4, "podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}, {"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "In", "values": [1, 2]}}]}, "template": JOB_TEMPLATE}}})),
    "job": ("/apis/batch/v1/namespaces/NS/jobs", body("batch/v1", "Job", spec={"suspend": True, "parallelism": 2, "completions": 3, "activeDeadlineSeconds": 9, "ttlSecondsAfterFinished": 9, "template": JOB_TEMPLATE})),
    "service": (f"{CORE}/services", body("v1", "Service", spec={"type": "ClusterIP", "selector": {"a": "b", "c": "d"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}, {"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP", "appProtocol": "dns"}], "externalIPs": ["9.9.9.9", "9.9.9.8"], "sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 5}}, "publishNotReadyAddresses": True})),
    "endpoints": (f"{CORE}/endpoints", body("v1", "Endpoints", subsets=[{"addresses": [{"ip": "1.2.3.4", "hostname": "a"}], "notReadyAddresses": [{"ip": "1.2.3.5"}], "ports": [{"port": 80, "name": "p"}]}])),
    "endpointslice": ("/apis/discovery.k8s.io/v1/namespaces/NS/endpointslices", body("discovery.k8s.io/v1", "EndpointSlice", addressType="IPv4", endpoints=[{"addresses": ["1.2.3.4"], "conditions": {"ready": True}, "zone": "a", "hints": {"forZones": [{"name": "a"}]}}, {"addresses": ["1.2.3.5"]}], ports=[{"name": "p", "port": 80, "protocol": "TCP"}])),
    "configmap": (f"{CORE}/configmaps", body("v1", "ConfigMap", {"ownerReferences": OWNERS}, data={"a": "1", "b": "2", "c": "3"}, binaryData={"z": "AAEC"})),
    "secret": (f"{CORE}/secrets", body("v1", "Secret", data={"a": "MQ==", "b": "Mg=="}, type="Opaque")),
    "serviceaccount": (f"{CORE}/serviceaccounts", body("v1", "ServiceAccount", secrets=[{"name": "s1"}, {"name": "s2"}], imagePullSecrets=[{"name": "p1"}, {"name": "p2"}], automountServiceAccountToken=False)),
    "persistentvolumeclaim": (f"{CORE}/persistentvolumeclaims", body("v1", "PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce", "ReadOnlyMany"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "x", "selector": {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "k", "operator": "In", "values": ["v", "w"]}]}})),
    "resourcequota": (f"{CORE}/resourcequotas", body("v1", "ResourceQuota", spec={"hard": {"pods": "5", "cpu": "2", "limits.memory": "1Gi"}, "scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["a", "b"]}]}})),
    "limitrange": (f"{CORE}/limitranges", body("v1", "LimitRange", spec={"limits": [{"type": "Container", "max": {"cpu": "2"}, "min": {"cpu": "100m"}, "default": {"cpu": "1"}, "defaultRequest": {"cpu": "200m"}}, {"type": "Pod", "max": {"memory": "1Gi"}}]})),
    "event": (f"{CORE}/events", body("v1", "Event", involvedObject={"kind": "Pod", "name": "p", "namespace": "patched"}, reason="R", message="m", type="Normal", count=1, source={"component": "c"})),
    "node": ("/api/v1/nodes", body("v1", "Node", spec={"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "b", "value": "v", "effect": "NoExecute"}], "unschedulable": True, "podCIDR": "10.1.0.0/24", "podCIDRs": ["10.1.0.0/24"], "providerID": "p"})),
    "persistentvolume": ("/api/v1/persistentvolumes", body("v1", "PersistentVolume", spec={"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "mountOptions": ["a", "b"], "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "x", "csi": {"driver": "d.example.com", "volumeHandle": "h", "volumeAttributes": {"a": "b"}}, "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}]}}})),
    "ingress": ("/apis/networking.k8s.io/v1/namespaces/NS/ingresses", body("networking.k8s.io/v1", "Ingress", spec={"ingressClassName": "c", "rules": [{"host": "a.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}}]}}], "tls": [{"hosts": ["a.example.com"], "secretName": "t"}], "defaultBackend": {"service": {"name": "s", "port": {"name": "http"}}}})),
    "ingressclass": ("/apis/networking.k8s.io/v1/ingressclasses", body("networking.k8s.io/v1", "IngressClass", spec={"controller": "example.com/c", "parameters": {"kind": "X", "name": "x", "apiGroup": "g"}})),
    "networkpolicy": ("/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies", body("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": SELECTOR, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": [{"podSelector": SELECTOR}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}], "ports": [{"port": 80}, {"port": "http", "protocol": "TCP"}]}], "egress": [{"to": [{"namespaceSelector": {}}]}]})),
    "horizontalpodautoscaler": ("/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers", body("autoscaling/v2", "HorizontalPodAutoscaler", spec={"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, "minReplicas": 2, "maxReplicas": 5, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}, {"type": "Pods", "pods": {"metric": {"name": "m", "selector": SELECTOR}, "target": {"type": "AverageValue", "averageValue": "5"}}}]})),
    "poddisruptionbudget": ("/apis/policy/v1/namespaces/NS/poddisruptionbudgets", body("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "selector": {"matchLabels": LABELS, "matchExpressions": [{"key": "k", "operator": "Exists"}]}, "unhealthyPodEvictionPolicy": "AlwaysAllow"})),
    "clusterrole": ("/apis/rbac.authorization.k8s.io/v1/clusterroles", body("rbac.authorization.k8s.io/v1", "ClusterRole", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}, {"nonResourceURLs": ["/x"], "verbs": ["get"]}], aggregationRule={"clusterRoleSelectors": [SELECTOR]})),
    "rolebinding": ("/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings", body("rbac.authorization.k8s.io/v1", "RoleBinding", subjects=[{"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}, {"kind": "ServiceAccount", "name": "s", "namespace": "n"}], roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"})),
    "storageclass": ("/apis/storage.k8s.io/v1/storageclasses", body("storage.k8s.io/v1", "StorageClass", provisioner="p.example.com", parameters={"a": "b"}, mountOptions=["x"], allowVolumeExpansion=True, allowedTopologies=[{"matchLabelExpressions": [{"key": "k", "values": ["v"]}]}])),
    "csidriver": ("/apis/storage.k8s.io/v1/csidrivers", body("storage.k8s.io/v1", "CSIDriver", {"name": "d.example.com"}, spec={"attachRequired": True, "tokenRequests": [{"audience": "a", "expirationSeconds": 600}], "volumeLifecycleModes": ["Persistent", "Ephemeral"], "fsGroupPolicy": "File"})),
    "csinode": ("/apis/storage.k8s.io/v1/csinodes", body("storage.k8s.io/v1", "CSINode", spec={"drivers": [{"name": "d1", "nodeID": "n", "topologyKeys": ["a", "b"], "allocatable": {"count": 5}}, {"name": "d2", "nodeID": "n"}]})),
    "priorityclass": ("/apis/scheduling.k8s.io/v1/priorityclasses", body("scheduling.k8s.io/v1", "PriorityClass", value=5, description="d", preemptionPolicy="Never")),
    "runtimeclass": ("/apis/node.k8s.io/v1/runtimeclasses", body("node.k8s.io/v1", "RuntimeClass", handler="h", overhead={"podFixed": {"cpu": "1m"}}, scheduling={"nodeSelector": {"a": "b"}, "tolerations": [{"key": "k", "operator": "Exists"}]})),
    "lease": ("/apis/coordination.k8s.io/v1/namespaces/NS/leases", body("coordination.k8s.io/v1", "Lease", spec={"holderIdentity": "h", "leaseDurationSeconds": 5, "leaseTransitions": 1})),
    "validatingwebhookconfiguration": ("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", body("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks=[{"name": f"{n}.example.com", "clientConfig": {"url": "https://x/y"}, "rules": [{"apiGroups": ["none.example.com"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": ["nothing"]}], "sideEffects": "None", "admissionReviewVersions": ["v1"], "matchConditions": [{"name": "a", "expression": "true"}, {"name": "b", "expression": "1 < 2"}], "namespaceSelector": SELECTOR} for n in "ab"])),
    "validatingadmissionpolicy": ("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", body("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", spec={"matchConstraints": {"resourceRules": [{"apiGroups": ["none.example.com"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["nothing"], "resourceNames": ["x", "y"]}]}, "validations": [{"expression": "true", "message": "m"}, {"expression": "1 < 2", "reason": "Forbidden"}], "variables": [{"name": "a", "expression": "1"}, {"name": "b", "expression": "2"}], "matchConditions": [{"name": "c", "expression": "true"}], "auditAnnotations": [{"key": "k", "valueExpression": "'v'"}], "failurePolicy": "Ignore"})),
    "flowschema": ("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas", body("flowcontrol.apiserver.k8s.io/v1", "FlowSchema", spec={"priorityLevelConfiguration": {"name": "p"}, "matchingPrecedence": 9000, "distinguisherMethod": {"type": "ByUser"}, "rules": [{"subjects": [{"kind": "User", "user": {"name": "nobody"}}, {"kind": "Group", "group": {"name": "g"}}], "resourceRules": [{"verbs": ["get"], "apiGroups": ["x"], "resources": ["y"], "namespaces": ["*"]}], "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/zz"]}]}]})),
    "deviceclass": ("/apis/resource.k8s.io/v1/deviceclasses", body("resource.k8s.io/v1", "DeviceClass", spec={"selectors": [{"cel": {"expression": "true"}}], "config": [{"opaque": {"driver": "d.example.com", "parameters": {"a": 1}}}]})),
    "resourceclaimtemplate": ("/apis/resource.k8s.io/v1/namespaces/NS/resourceclaimtemplates", body("resource.k8s.io/v1", "ResourceClaimTemplate", spec={"metadata": {"labels": LABELS}, "spec": {"devices": {"requests": [{"name": "r", "exactly": {"deviceClassName": "c", "count": 2, "selectors": [{"cel": {"expression": "true"}}]}}, {"name": "f", "firstAvailable": [{"name": "s1", "deviceClassName": "c"}]}], "constraints": [{"requests": ["r"], "matchAttribute": "a/b"}]}}})),
    "resourceslice": ("/apis/resource.k8s.io/v1/resourceslices", body("resource.k8s.io/v1", "ResourceSlice", spec={"driver": "d.example.com", "nodeName": "n", "pool": {"name": "p", "generation": 1, "resourceSliceCount": 1}, "devices": [{"name": "d1", "attributes": {"a": {"int": 1}, "b": {"string": "x"}}, "capacity": {"m": {"value": "1Gi"}}}, {"name": "d2", "taints": [{"key": "k", "effect": "NoSchedule"}]}]})),
    "volumeattributesclass": ("/apis/storage.k8s.io/v1/volumeattributesclasses", body("storage.k8s.io/v1", "VolumeAttributesClass", driverName="d.example.com", parameters={"a": "b", "c": "d"})),
    "servicecidr": ("/apis/networking.k8s.io/v1/servicecidrs", body("networking.k8s.io/v1", "ServiceCIDR", spec={"cidrs": ["10.77.0.0/24"]})),
}
