//! Rule by rule: a good object, one change to it, and what is said of that.
//! Messages are upstream's.

use crate::tables::{faults, merged};
use skeg_registry::errors::Errs;
use skeg_registry::strategies::pod::warnings;
use skeg_registry::validation::{apps, core, limits, pod, policy, service, storage};
use skeg_schema::{Value, json};

pub type Rules = fn(&Value, &mut Errs);

pub fn check(rules: Rules, base: &Value, rows: &[(Value, &[&str])]) {
    assert_eq!(faults(|e| rules(base, e)), Vec::<String>::new(), "the base");
    for (change, expect) in rows {
        let found = faults(|e| rules(&merged(base, change), e));
        assert_eq!(found, *expect, "{change}");
    }
}

pub fn check_update(rules: fn(&Value, &Value, &mut Errs), old: &Value, rows: &[(Value, &[&str])]) {
    for (change, expect) in rows {
        let found = faults(|e| rules(&merged(old, change), old, e));
        let told: Vec<&str> = found
            .iter()
            .map(|f| f.split('\n').next().unwrap_or(f))
            .collect();
        assert_eq!(told, *expect, "{change}");
    }
}

pub fn container() -> Value {
    json!({
        "name": "c", "image": "i", "imagePullPolicy": "Always",
        "terminationMessagePolicy": "File",
    })
}

fn a_container(change: Value) -> Value {
    merged(&container(), &change)
}

fn a_pod() -> Value {
    json!({
        "metadata": {"name": "p", "namespace": "n"},
        "spec": {
            "containers": [container()], "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "terminationGracePeriodSeconds": 30, "serviceAccountName": "default",
        },
    })
}

fn volume(source: Value) -> Value {
    json!({"spec": {"volumes": [merged(&json!({"name": "v"}), &source)]}})
}

#[test]
fn sources_of_volumes() {
    check(
        pod::create,
        &a_pod(),
        &[
            (
                volume(json!({"gcePersistentDisk": {"partition": 256}})),
                &[
                    "spec.volumes[0].persistentDisk.pdName: Required value",
                    "spec.volumes[0].persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive",
                ],
            ),
            (
                volume(json!({"emptyDir": {}, "cephfs": {}, "downwardAPI": {}})),
                &[
                    "spec.volumes[0].cephFS: Forbidden: may not specify more than 1 volume type",
                    "spec.volumes[0].downwarAPI: Forbidden: may not specify more than 1 volume type",
                ],
            ),
            (
                volume(
                    json!({"iscsi": {"targetPortal": "t", "iqn": "foo", "lun": 256, "chapAuthSession": true, "initiatorName": "eui.1"}}),
                ),
                &[
                    "spec.volumes[0].iscsi.iqn: Invalid value: \"foo\": must be valid format starting with iqn, eui, or naa",
                    "spec.volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive",
                    "spec.volumes[0].iscsi.secretRef: Required value",
                    "spec.volumes[0].iscsi.initiatorname: Invalid value: \"eui.1\": must be valid format",
                ],
            ),
            (
                volume(json!({"quobyte": {"registry": "a", "volume": "v"}})),
                &[
                    "spec.volumes[0].quobyte.registry: Invalid value: \"a\": must be a host:port pair or multiple pairs separated by commas",
                ],
            ),
            (
                volume(
                    json!({"flexVolume": {"driver": "d", "options": {"kubernetes.io/x": "1", "a": "b"}}}),
                ),
                &[
                    "spec.volumes[0].flexVolume.options[kubernetes.io/x]: Invalid value: \"kubernetes.io/x\": kubernetes.io and k8s.io namespaces are reserved",
                ],
            ),
            (
                volume(
                    json!({"azureDisk": {"diskName": "d", "diskURI": "x", "kind": "Managed", "cachingMode": "Some"}}),
                ),
                &[
                    "spec.volumes[0].azureDisk.cachingMode: Unsupported value: \"Some\": supported values: \"None\", \"ReadOnly\", \"ReadWrite\"",
                    "spec.volumes[0].azureDisk.diskURI: Unsupported value: \"x\": supported values: \"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}\"",
                ],
            ),
            (
                json!({"spec": {"volumes": [
                    {"name": "e", "ephemeral": {"volumeClaimTemplate": {"spec": {
                        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
                    }}}},
                    {"name": "v", "persistentVolumeClaim": {"claimName": "p-e"}},
                ]}}),
                &[
                    "spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: \"p-e\": must not reference a PVC that gets created for an ephemeral volume",
                ],
            ),
        ],
    );
}

#[test]
fn projected_volumes() {
    let projected = |source: Value| volume(json!({"projected": {"sources": [source]}}));
    check(
        pod::create,
        &a_pod(),
        &[
            (
                projected(json!({"clusterTrustBundle": {"path": "a", "name": "x:y_"}})),
                &[
                    "spec.volumes[0].projected.sources[0].clusterTrustBundle.name: Invalid value: \"x:y_\": not a valid clustertrustbundlename: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
                ],
            ),
            (
                projected(json!({"downwardAPI": {"items": [{"path": "a"}]}})),
                &[
                    "spec.volumes[0].projected.sources[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
                ],
            ),
            (
                projected(
                    json!({"podCertificate": {"signerName": "a.b/c", "keyType": "RSA3072", "maxExpirationSeconds": 9000000, "keyPath": "k", "certificateChainPath": "k"}}),
                ),
                &[
                    "spec.volumes[0].projected.sources[0].podCertificate.maxExpirationSeconds: Invalid value: 9000000: if provided, maxExpirationSeconds must be <= 7862400",
                    "spec.volumes[0].projected: Invalid value: \"k\": conflicting duplicate paths",
                ],
            ),
        ],
    );
}

#[test]
fn containers() {
    let one = |c: Value| json!({"spec": {"containers": [a_container(c)]}});
    let init = |c: Value| json!({"spec": {"initContainers": [a_container(merged(&json!({"name": "i"}), &c))]}});
    check(
        pod::create,
        &a_pod(),
        &[
            (
                init(
                    json!({"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]}),
                ),
                &[
                    "spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: \"RestartContainer\": must not be set to 'RestartContainer' for non-sidecar initContainers",
                ],
            ),
            (
                one(
                    json!({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.x['y']"}}}]}),
                ),
                &[
                    "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.x['y']\": error converting fieldPath: field label does not support subscript: spec.x['y']",
                ],
            ),
            (
                one(
                    json!({"env": [{"name": "A", "valueFrom": {"fileKeyRef": {"key": "K", "path": "f", "volumeName": "v"}}}]}),
                ),
                &["spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: \"v\""],
            ),
            (
                one(json!({"envFrom": [{"prefix": "A"}]})),
                &[
                    "spec.containers[0].envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`",
                ],
            ),
            (
                one(
                    json!({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}}]}),
                ),
                &[
                    "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 are supported with the cpu resource",
                ],
            ),
            (
                one(
                    json!({"resources": {"claims": [{"name": "x"}, {"name": "x", "request": "r"}]}}),
                ),
                &[
                    "spec.containers[0].resources.claims[0]: Not found: \"x\": must be one of the names in pod.spec.resourceClaims which is empty",
                    "spec.containers[0].resources.claims[1]: Duplicate value: \"x\"",
                    "spec.containers[0].resources.claims[1]: Not found: \"x\": must be one of the names in pod.spec.resourceClaims which is empty",
                ],
            ),
            (
                one(
                    json!({"resources": {"limits": {"hugepages-2Mi": "4Mi", "cpu": "1"}, "requests": {"hugepages-2Mi": "2Mi"}}}),
                ),
                &[
                    "spec.containers[0].resources.requests: Invalid value: \"2Mi\": must be equal to hugepages-2Mi limit of 4Mi",
                ],
            ),
            (
                one(json!({"securityContext": {"windowsOptions": {"runAsUserName": "a\\b:c"}}})),
                &[
                    "spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: \"a\\\\b:c\": runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]",
                ],
            ),
            (
                json!({"spec": {"hostUsers": false, "containers": [a_container(json!({"volumeDevices": [{"name": "v", "devicePath": "/d"}]}))],
                    "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]}}),
                &["spec.containers[0].volumeDevices: Forbidden: when `hostUsers` is false"],
            ),
        ],
    );
}

#[test]
fn pods() {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    check(
        pod::create,
        &a_pod(),
        &[
            (
                json!({"spec": {"hostnameOverride": "a", "hostNetwork": true, "setHostnameAsFQDN": true}}),
                &[
                    "spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
                    "spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true",
                ],
            ),
            (
                json!({"metadata": {"annotations": {"container.seccomp.security.alpha.kubernetes.io/c": "unconfined"}},
                    "spec": {"containers": [a_container(json!({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}))]}}),
                &[
                    "spec.containers[0].securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match",
                ],
            ),
            (
                json!({"spec": {"affinity": {"podAffinity": {required: [{
                    "topologyKey": "k", "matchLabelKeys": ["a"],
                    "labelSelector": {"matchLabels": {"a": "1"}, "matchExpressions": [{"key": "a", "operator": "In", "values": ["1"]}]},
                }]}}}}),
                &[
                    "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0][0]: Invalid value: \"a\": exists in both matchLabelKeys and labelSelector",
                ],
            ),
            (
                json!({"spec": {"resources": {"limits": {"example.com/x": "1"}}}}),
                &[
                    "spec.resources.limits[example.com/x]: Unsupported value: \"example.com/x\": supported values: \"cpu\", \"hugepages-\", \"memory\"",
                ],
            ),
            (
                json!({"spec": {"overhead": {"gpu": "1"}}}),
                &[
                    "spec.overhead.limits[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully qualified",
                    "spec.overhead.limits[gpu]: Invalid value: \"gpu\": must be a standard resource for containers",
                ],
            ),
        ],
    );
}

#[test]
fn what_a_pod_keeps() {
    let mut old = merged(
        &a_pod(),
        &json!({"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}, "spec": {"nodeName": "n"}}),
    );
    check_update(
        pod::update::update,
        &old,
        &[
            (
                json!({"metadata": {"annotations": {"kubernetes.io/config.mirror": null}}}),
                &[
                    "metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not remove or update mirror pod annotation",
                ],
            ),
            (
                json!({"metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/c": "unconfined"}}}),
                &[
                    "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Forbidden: may not add AppArmor annotations",
                ],
            ),
        ],
    );
    old = merged(
        &a_pod(),
        &json!({"spec": {"restartPolicy": "Never"}, "status": {
            "qosClass": "BestEffort",
            "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 1}}}],
        }}),
    );
    check_update(
        pod::status::status,
        &old,
        &[
            (
                json!({"status": {"conditions": [{"type": "Ready", "observedGeneration": -1}]}}),
                &[
                    "status.conditions[0].observedGeneration: Invalid value: -1: must be a non-negative integer",
                ],
            ),
            (
                json!({"status": {"containerStatuses": [{"name": "c", "state": {"running": {}}}]}}),
                &[
                    "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state",
                ],
            ),
            (
                json!({"status": {"resourceClaimStatuses": [{"name": "x"}]}}),
                &[
                    "status.resourceClaimStatuses[0].name: Invalid value: \"x\": must match the name of an entry in `spec.resourceClaims`",
                ],
            ),
            (
                json!({"status": {"ephemeralContainerStatuses": [{"name": "e", "allocatedResourcesStatus": [{"name": "x"}]}]}}),
                &[
                    "status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container status",
                ],
            ),
            (
                json!({"status": {"containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 1}}, "user": {"linux": {"uid": -1, "gid": 0}}}]}}),
                &[
                    "status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 4294967295, inclusive",
                ],
            ),
        ],
    );
}

#[test]
fn warnings_about_pods() {
    let of = |change: Value| warnings::pod(&merged(&a_pod(), &change), None);
    let port = |p: Value| json!({"spec": {"containers": [a_container(json!({"ports": [{"containerPort": 80, "protocol": "TCP"}, p]}))]}});
    for (change, expect) in [
        (
            port(json!({"containerPort": 80, "protocol": "TCP"})),
            "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]",
        ),
        (
            port(json!({"containerPort": 80, "protocol": "TCP", "hostPort": 80})),
            "spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]",
        ),
        (
            json!({"metadata": {"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "x"}}}),
            "metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the \"seccompProfile\" field instead",
        ),
        (
            json!({"spec": {"terminationGracePeriodSeconds": -1}}),
            "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1",
        ),
        (
            volume(json!({"projected": {"sources": [
                {"serviceAccountToken": {"path": "t"}}, {"secret": {"name": "s", "items": [{"key": "k", "path": "t"}]}},
            ]}})),
            "volume \"v\" (Projected): overlapping paths: \"t\" (Secret \"s\") with \"t\" (ServiceAccountToken)",
        ),
    ] {
        assert_eq!(of(change.clone()), [expect], "{change}");
    }
}

fn a_service() -> Value {
    json!({
        "metadata": {"name": "s", "namespace": "n"},
        "spec": {
            "type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster",
            "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        },
    })
}

#[test]
fn services() {
    check(
        service::service,
        &a_service(),
        &[
            (
                json!({"metadata": {"annotations": {
                    "service.kubernetes.io/topology-mode": "Auto", "service.kubernetes.io/topology-aware-hints": "x",
                }}}),
                &[
                    "metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: \"Auto\": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified",
                ],
            ),
            (
                json!({"spec": {"externalIPs": ["127.0.0.1"], "externalTrafficPolicy": "Cluster"}}),
                &[
                    "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)",
                ],
            ),
        ],
    );
    let dual = merged(
        &a_service(),
        &json!({"spec": {
            "clusterIPs": ["10.0.0.1", "fd00::1"], "ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "RequireDualStack",
        }}),
    );
    check_update(
        service::service_update,
        &dual,
        &[
            (
                json!({"spec": {"clusterIPs": ["10.0.0.1"], "ipFamilies": ["IPv4"]}}),
                &[
                    "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": must be set to 'SingleStack' when releasing the secondary clusterIP",
                    "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": must be set to 'SingleStack' when releasing the secondary ipFamily",
                ],
            ),
            (
                json!({"spec": {"clusterIPs": ["10.0.0.1", "fd00::2"]}}),
                &[
                    "spec.clusterIPs[1]: Invalid value: [\"10.0.0.1\",\"fd00::2\"]: may not change once set",
                ],
            ),
        ],
    );
    let status = merged(
        &a_service(),
        &json!({"status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}}),
    );
    assert_eq!(
        faults(|e| service::service_status(&status, &a_service(), e)),
        [
            "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"
        ]
    );
}

fn a_claim() -> Value {
    json!({
        "metadata": {"name": "c", "namespace": "n"},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}},
            "volumeMode": "Filesystem", "volumeName": "v", "volumeAttributesClassName": "gold",
        },
        "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}},
    })
}

#[test]
fn claims_and_volumes() {
    check_update(
        storage::claim_update,
        &a_claim(),
        &[
            (
                json!({"spec": {"resources": {"requests": {"storage": "3Gi"}}}}),
                &[],
            ),
            (
                json!({"spec": {"resources": {"requests": {"storage": "1500Mi"}}}}),
                &[],
            ),
            (
                json!({"spec": {"resources": {"requests": {"storage": "1Gi"}}}}),
                &[
                    "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity",
                ],
            ),
            // What was never applied can be taken back.
            (json!({"spec": {"volumeAttributesClassName": ""}}), &[]),
            (json!({"spec": {"volumeAttributesClassName": null}}), &[]),
            (
                json!({"metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": "x"}}}),
                &[
                    "metadata.annotations.volume.beta.kubernetes.io/storage-class: Invalid value: \"x\": field is immutable",
                ],
            ),
        ],
    );
    let mut applied = a_claim();
    applied.set_at(&["status", "currentVolumeAttributesClassName"], "gold");
    let refused = |what: &str| {
        format!(
            "spec.volumeAttributesClassName: Forbidden: update to {what} is forbidden when status.currentVolumeAttributesClassName is not nil"
        )
    };
    let (nil, empty) = (refused("nil"), refused("empty string"));
    check_update(
        storage::claim_update,
        &applied,
        &[
            (
                json!({"spec": {"volumeAttributesClassName": ""}}),
                &[&empty],
            ),
            (
                json!({"spec": {"volumeAttributesClassName": null}}),
                &[&nil],
            ),
            (
                json!({"spec": {"volumeAttributesClassName": "silver"}}),
                &[],
            ),
        ],
    );
    let volume = json!({
        "metadata": {"name": "v"},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"},
            "csi": {"driver": "d", "volumeHandle": "h"},
        },
    });
    check(
        storage::volume,
        &volume,
        &[
            (
                json!({"spec": {"csi": {"controllerExpandSecretRef": {"name": "S_"}}}}),
                &[
                    "spec.csi.controllerExpandSecretRef.name: Invalid value: \"S_\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
                    "spec.csi.controllerExpandSecretRef.namespace: Required value",
                ],
            ),
            (
                json!({"spec": {"csi": null, "hostPath": {"path": "//."}, "persistentVolumeReclaimPolicy": "Recycle"}}),
                &[
                    "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
                ],
            ),
        ],
    );
    check_update(
        storage::volume_update,
        &volume,
        &[(
            json!({"spec": {"csi": {"controllerExpandSecretRef": {"name": "s", "namespace": "n"}}}}),
            &[],
        )],
    );
}

#[test]
fn quotas_ranges_and_nodes() {
    let quota = json!({"metadata": {"name": "q"}, "spec": {"hard": {"example.com/x": "1"}}});
    check(
        limits::quota,
        &quota,
        &[
            (json!({"spec": {"scopes": ["BestEffort"]}}), &[]),
            (
                json!({"spec": {"hard": {"requests.ephemeral-storage": "1"}, "scopes": ["Terminating"]}}),
                &[
                    "spec.scopes: Invalid value: [\"Terminating\"]: unsupported scope applied to resource",
                ],
            ),
        ],
    );
    let range = json!({"metadata": {"name": "l"}, "spec": {"limits": [
        {"type": "Container", "default": {"hugepages-2Mi": "2Mi"}, "defaultRequest": {"hugepages-2Mi": "2Mi"}},
    ]}});
    check(
        limits::limit_range,
        &range,
        &[(
            json!({"spec": {"limits": [
                {"type": "Container", "default": {"hugepages-2Mi": "4Mi"}, "defaultRequest": {"hugepages-2Mi": "2Mi"}},
            ]}}),
            &[
                "spec.limits[0].defaultRequest[hugepages-2Mi]: Invalid value: \"2Mi\": default value 4Mi must equal to defaultRequest value 2Mi in hugepages-2Mi",
            ],
        )],
    );
    check(
        core::node,
        &json!({"metadata": {"name": "n"}}),
        &[(
            json!({"status": {"declaredFeatures": ["B", "A", "a"]}}),
            &[
                "status.declaredFeatures[1]: Invalid value: \"A\": list must be sorted alphabetically",
                "status.declaredFeatures[2]: Invalid value: \"a\": invalid feature name \"a\": must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes",
            ],
        )],
    );
    let set = json!({"metadata": {"name": "s"}});
    check_update(
        apps::stateful_set_status,
        &set,
        &[(
            json!({"status": {"replicas": 2, "readyReplicas": 1, "availableReplicas": 2}}),
            &[
                "status.availableReplicas: Invalid value: 2: cannot be greater than status.readyReplicas",
            ],
        )],
    );
}

#[test]
fn autoscalers() {
    let metric = |m: Value| json!({"spec": {"metrics": [m]}});
    let base = json!({
        "metadata": {"name": "h"},
        "spec": {
            "maxReplicas": 3, "minReplicas": 1,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"},
            "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50},
            }}],
        },
    });
    check(
        |obj, errs| policy::autoscaler(obj, None, errs),
        &base,
        &[
            (
                metric(json!({"type": "ContainerResource", "containerResource": {
                    "name": "gpu", "container": "C_",
                    "target": {"type": "AverageValue", "averageValue": "0"},
                }})),
                &[
                    "spec.metrics[0].containerResource.name: Invalid value: \"gpu\": must be a standard resource type or fully qualified",
                    "spec.metrics[0].containerResource.name: Invalid value: \"gpu\": must be a standard resource for containers",
                    "spec.metrics[0].containerResource.container: Invalid value: \"C_\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
                    "spec.metrics[0].containerResource.target.averageValue: Invalid value: \"0\": must be positive",
                ],
            ),
            (
                metric(json!({
                    "type": "Pods",
                    "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "1"}},
                    "external": {"metric": {"name": "m"}, "target": {"type": "Value", "value": "1"}},
                })),
                &[
                    "spec.metrics[0].external: Forbidden: must populate the given metric source only",
                ],
            ),
        ],
    );
}

#[test]
fn annotations_that_were_fields_before() {
    const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
    let annotated = |text: &str| json!({"metadata": {"annotations": {TOLERATIONS: text}}});
    check(
        pod::whole,
        &a_pod(),
        &[
            (annotated("[]"), &[]),
            (
                annotated("x"),
                &[
                    "metadata.annotations: Invalid value: \"scheduler.alpha.kubernetes.io/tolerations\": invalid character 'x' looking for beginning of value",
                ],
            ),
            (
                annotated("{}"),
                &[
                    "metadata.annotations: Invalid value: \"scheduler.alpha.kubernetes.io/tolerations\": json: cannot unmarshal object into Go value of type []core.Toleration",
                ],
            ),
            (
                annotated("[{\"key\": \"a\", \"operator\": \"Exists\", \"value\": \"b\"}]"),
                &[
                    "metadata.annotations.scheduler.alpha.kubernetes.io/tolerations[0].operator: Invalid value: \"b\": value must be empty when `operator` is 'Exists'",
                ],
            ),
        ],
    );
}

fn an_event() -> Value {
    json!({
        "metadata": {"name": "e", "namespace": "n"},
        "involvedObject": {"kind": "Pod", "namespace": "n", "name": "p"},
        "reason": "R", "message": "m", "type": "Odd", "count": 3,
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "source": {"component": "c"},
    })
}

#[test]
fn events_of_the_older_group_may_change_through_the_newer_where_they_are_free() {
    fn rules(new: &Value, old: &Value, errs: &mut Errs) {
        core::event(new, true, Some(old), errs);
    }
    check_update(
        rules,
        &an_event(),
        &[
            (json!({"metadata": {"labels": {"a": "b"}}}), &[]),
            (
                json!({"involvedObject": {"kind": "Node"}, "source": {"component": "d"}}),
                &[
                    "involvedObject: Invalid value: {\"Kind\":\"Node\",\"Namespace\":\"n\",\"Name\":\"p\",\"UID\":\"\",\"APIVersion\":\"\",\"ResourceVersion\":\"\",\"FieldPath\":\"\"}: field is immutable",
                    "source: Invalid value: {\"Component\":\"d\",\"Host\":\"\"}: field is immutable",
                ],
            ),
            (
                json!({"reportingComponent": "x", "count": null, "series": {"count": 1}}),
                &[
                    "series.count: Invalid value: \"\": should be at least 2",
                    "series.lastObservedTime: Required value",
                    "count: Invalid value: 0: field is immutable",
                    "reportingController: Invalid value: \"x\": field is immutable",
                ],
            ),
        ],
    );
}
