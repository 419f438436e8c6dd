package main

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func amounts(pairs ...string) corev1.ResourceList {
	list := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		list[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
	}
	return list
}

func quota(name string, hard corev1.ResourceList, scopes ...corev1.ResourceQuotaScope) *corev1.ResourceQuota {
	return &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ResourceQuotaSpec{Hard: hard, Scopes: scopes}}
}

// used waits until the quota tells these amounts.
func used(ctx context.Context, w *world, name string, want ...string) error {
	last := ""
	err := eventually(ctx, "quota "+name+" tells "+strings.Join(want, " "), func(ctx context.Context) (bool, error) {
		got, err := w.client.CoreV1().ResourceQuotas(w.ns).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		last = brief(got.Status)
		for key, value := range amounts(want...) {
			is, has := got.Status.Used[key]
			if !has || is.Cmp(value) != 0 {
				return false, nil
			}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("%w; it is %s", err, last)
	}
	return nil
}

var wideQuota = []string{"pods", "5", "services", "10", "services.nodeports", "1", "services.loadbalancers", "1", "replicationcontrollers", "10", "resourcequotas", "1",
	"configmaps", "10", "secrets", "10", "persistentvolumeclaims", "10", "requests.storage", "10Gi", "cpu", "1", "memory", "500Mi", "ephemeral-storage", "50Gi", "count/replicasets.apps", "5", "requests.example.com/dongle", "3",
	"count/resourceclaims.resource.k8s.io", "1"}

func quotaCounts(ctx context.Context, w *world) error {
	if err := eventually(ctx, "the namespace has its certificates", func(ctx context.Context) (bool, error) {
		_, err := w.client.CoreV1().ConfigMaps(w.ns).Get(ctx, "kube-root-ca.crt", metav1.GetOptions{})
		return err == nil, nil
	}); err != nil {
		return err
	}
	if err := create(ctx, w.client.CoreV1().ResourceQuotas(w.ns), quota("q", amounts(wideQuota...))); err != nil {
		return err
	}
	if err := used(ctx, w, "q", "resourcequotas", "1", "configmaps", "1", "secrets", "0", "replicationcontrollers", "0", "count/replicasets.apps", "0"); err != nil {
		return err
	}
	controller := &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Name: "rc"}, Spec: corev1.ReplicationControllerSpec{Replicas: pointer[int32](0), Template: pointer(idleTemplate("rc"))}}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "claim"}, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"}, StorageClassName: pointer("none"), Resources: corev1.VolumeResourceRequirements{Requests: amounts("storage", "1Gi")},
	}}
	core := w.client.CoreV1()
	if err := first(
		create(ctx, core.ConfigMaps(w.ns), configMap("cm", nil)), create(ctx, core.Secrets(w.ns), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}}),
		create(ctx, core.ReplicationControllers(w.ns), controller), create(ctx, w.client.AppsV1().ReplicaSets(w.ns), replicaSet("rs", 0)), create(ctx, core.PersistentVolumeClaims(w.ns), claim),
	); err != nil {
		return err
	}
	if err := used(ctx, w, "q", "configmaps", "2", "secrets", "1", "replicationcontrollers", "1", "count/replicasets.apps", "1", "persistentvolumeclaims", "1", "requests.storage", "1Gi"); err != nil {
		return err
	}
	background := metav1.DeleteOptions{PropagationPolicy: pointer(metav1.DeletePropagationBackground)}
	if err := first(
		core.ConfigMaps(w.ns).Delete(ctx, "cm", background), core.Secrets(w.ns).Delete(ctx, "s", background), core.ReplicationControllers(w.ns).Delete(ctx, "rc", background),
		w.client.AppsV1().ReplicaSets(w.ns).Delete(ctx, "rs", background), core.PersistentVolumeClaims(w.ns).Delete(ctx, "claim", background),
	); err != nil {
		return err
	}
	if err := used(ctx, w, "q", "configmaps", "1", "secrets", "0", "replicationcontrollers", "0", "count/replicasets.apps", "0", "persistentvolumeclaims", "0", "requests.storage", "0"); err != nil {
		return err
	}
	_, err := core.ResourceQuotas(w.ns).Patch(ctx, "q", types.StrategicMergePatchType, []byte(`{"spec":{"hard":{"memory":"750Mi"}}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if err := eventually(ctx, "the status follows the spec", func(ctx context.Context) (bool, error) {
		got, err := core.ResourceQuotas(w.ns).Get(ctx, "q", metav1.GetOptions{})
		return err == nil && got.Status.Hard.Memory().String() == "750Mi", err
	}); err != nil {
		return err
	}
	return core.ResourceQuotas(w.ns).Delete(ctx, "q", metav1.DeleteOptions{})
}

func quotaServices(ctx context.Context, w *world) error {
	if err := create(ctx, w.client.CoreV1().ResourceQuotas(w.ns), quota("q", amounts(wideQuota...))); err != nil {
		return err
	}
	if err := used(ctx, w, "q", "services", "0"); err != nil {
		return err
	}
	services := w.client.CoreV1().Services(w.ns)
	build := func(name string, kind corev1.ServiceType) *corev1.Service {
		return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{Type: kind, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(80)}}}}
	}
	if err := first(create(ctx, services, build("a", "ClusterIP")), create(ctx, services, build("b", "NodePort"))); err != nil {
		return err
	}
	if err := refused("a load balancer with a node port too many", create(ctx, services, build("c", "LoadBalancer")), "exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1"); err != nil {
		return err
	}
	if err := used(ctx, w, "q", "services", "2", "services.nodeports", "1"); err != nil {
		return err
	}
	if err := first(services.Delete(ctx, "a", metav1.DeleteOptions{}), services.Delete(ctx, "b", metav1.DeleteOptions{})); err != nil {
		return err
	}
	return used(ctx, w, "q", "services", "0", "services.nodeports", "0")
}

func quotaPods(ctx context.Context, w *world) error {
	if err := first(admitted(ctx, w), create(ctx, w.client.CoreV1().ResourceQuotas(w.ns), quota("q", amounts(wideQuota...)))); err != nil {
		return err
	}
	if err := used(ctx, w, "q", "pods", "0"); err != nil {
		return err
	}
	pods := w.client.CoreV1().Pods(w.ns)
	build := func(name string, requests, limits corev1.ResourceList) *corev1.Pod {
		pod := idlePod(name, nil)
		pod.Spec.Containers[0].Resources = corev1.ResourceRequirements{Requests: requests, Limits: limits}
		return pod
	}
	dongle := amounts("example.com/dongle", "2")
	if err := create(ctx, pods, build("fits", amounts("cpu", "500m", "memory", "252Mi", "ephemeral-storage", "30Gi", "example.com/dongle", "2"), dongle)); err != nil {
		return err
	}
	counted := []string{"pods", "1", "cpu", "500m", "memory", "252Mi", "ephemeral-storage", "30Gi", "requests.example.com/dongle", "2"}
	if err := used(ctx, w, "q", counted...); err != nil {
		return err
	}
	if err := first(
		refused("too much CPU", create(ctx, pods, build("cpu", amounts("cpu", "600m", "memory", "100Mi", "ephemeral-storage", "1Gi"), nil)), "exceeded quota: q, requested: cpu=600m, used: cpu=500m, limited: cpu=1"),
		refused("too many devices", create(ctx, pods, build("dev", amounts("cpu", "500m", "memory", "100Mi", "ephemeral-storage", "10Gi", "example.com/dongle", "2"), dongle)), "exceeded quota"),
		refused("no request", create(ctx, pods, idlePod("none", nil)), "failed quota: q: must specify cpu for: c; memory for: c"),
	); err != nil {
		return err
	}
	pod, err := pods.Get(ctx, "fits", metav1.GetOptions{})
	if err != nil {
		return err
	}
	pod.Spec.Containers[0].Resources.Requests = amounts("cpu", "100m", "memory", "100Mi", "ephemeral-storage", "10Gi")
	_, err = pods.Update(ctx, pod, metav1.UpdateOptions{})
	if err := refused("other requests", err, "pod updates may not change fields other than"); err != nil {
		return err
	}
	if err := used(ctx, w, "q", counted...); err != nil {
		return err
	}
	if err := pods.Delete(ctx, "fits", *metav1.NewDeleteOptions(0)); err != nil {
		return err
	}
	return used(ctx, w, "q", "pods", "0", "cpu", "0", "memory", "0", "ephemeral-storage", "0", "requests.example.com/dongle", "0")
}

func quotaScopes(ctx context.Context, w *world) error {
	quotas, pods := w.client.CoreV1().ResourceQuotas(w.ns), w.client.CoreV1().Pods(w.ns)
	if err := first(
		admitted(ctx, w),
		create(ctx, quotas, quota("best", amounts("pods", "5"), corev1.ResourceQuotaScopeBestEffort)), create(ctx, quotas, quota("other", amounts("pods", "5"), corev1.ResourceQuotaScopeNotBestEffort)),
		create(ctx, quotas, quota("ends", amounts("pods", "5"), corev1.ResourceQuotaScopeTerminating)), create(ctx, quotas, quota("stays", amounts("pods", "5"), corev1.ResourceQuotaScopeNotTerminating)),
	); err != nil {
		return err
	}
	for _, name := range []string{"best", "other", "ends", "stays"} {
		if err := used(ctx, w, name, "pods", "0"); err != nil {
			return err
		}
	}
	if err := create(ctx, pods, idlePod("a", nil)); err != nil {
		return err
	}
	if err := first(used(ctx, w, "best", "pods", "1"), used(ctx, w, "stays", "pods", "1"), used(ctx, w, "other", "pods", "0"), used(ctx, w, "ends", "pods", "0")); err != nil {
		return err
	}
	pod := idlePod("b", nil)
	pod.Spec.ActiveDeadlineSeconds = pointer[int64](3600)
	pod.Spec.Containers[0].Resources.Requests = amounts("cpu", "100m")
	if err := first(create(ctx, pods, pod), pods.Delete(ctx, "a", *metav1.NewDeleteOptions(0))); err != nil {
		return err
	}
	return first(used(ctx, w, "best", "pods", "0"), used(ctx, w, "stays", "pods", "0"), used(ctx, w, "other", "pods", "1"), used(ctx, w, "ends", "pods", "1"))
}

func limitRange(ctx context.Context, w *world) error {
	limits := &corev1.LimitRange{ObjectMeta: metav1.ObjectMeta{Name: "l"}, Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
		Type: corev1.LimitTypeContainer, Min: amounts("cpu", "50m", "memory", "100Mi"), Max: amounts("cpu", "500m", "memory", "500Mi"),
		Default: amounts("cpu", "400m", "memory", "400Mi"), DefaultRequest: amounts("cpu", "100m", "memory", "200Mi"),
	}}}}
	if err := first(admitted(ctx, w), create(ctx, w.client.CoreV1().LimitRanges(w.ns), limits)); err != nil {
		return err
	}
	pods := w.client.CoreV1().Pods(w.ns)
	made, err := pods.Create(ctx, idlePod("plain", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	got := made.Spec.Containers[0].Resources
	if err := first(
		same("requested CPU", got.Requests.Cpu().String(), "100m"), same("memory", got.Requests.Memory().String(), "200Mi"),
		same("CPU limit", got.Limits.Cpu().String(), "400m"), same("memory limit", got.Limits.Memory().String(), "400Mi"),
	); err != nil {
		return err
	}
	small, large := idlePod("small", nil), idlePod("large", nil)
	small.Spec.Containers[0].Resources.Requests = amounts("cpu", "10m", "memory", "50Mi")
	large.Spec.Containers[0].Resources.Limits = amounts("cpu", "600m", "memory", "600Mi")
	return first(
		refused("less than the least", create(ctx, pods, small), "minimum cpu usage per Container is 50m, but request is 10m"),
		refused("more than the most", create(ctx, pods, large), "maximum cpu usage per Container is 500m, but limit is 600m"),
	)
}
