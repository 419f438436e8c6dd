package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// volumes are the checks of claims, ranges of addresses and quotas that look at more than counts.
var volumes = []check{
	{"volume-bound", volumeBound},
	{"volume-protected", volumeProtected},
	{"volume-class-protected", volumeClassProtected},
	{"quota-of-priorities", quotaOfPriorities},
	{"quota-of-affinity", quotaOfAffinity},
	{"quota-of-classes", quotaOfClasses},
	{"service-range", serviceRange},
	{"ingress-class-of-ingresses", ingressClassOf},
	{"service-account-opts-out", serviceAccountOptsOut},
}

func claimOf(name, class, size string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"}, StorageClassName: &class, Resources: corev1.VolumeResourceRequirements{Requests: amounts("storage", size)},
	}}
}

func volumeOf(w *world, class, size string, policy corev1.PersistentVolumeReclaimPolicy) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Spec: corev1.PersistentVolumeSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"}, StorageClassName: class, Capacity: amounts("storage", size), PersistentVolumeReclaimPolicy: policy,
		PersistentVolumeSource: corev1.PersistentVolumeSource{NFS: &corev1.NFSVolumeSource{Server: "none.example.com", Path: "/"}},
	}}
}

// phases waits until volume and claim are as wanted; "" is gone.
func phases(ctx context.Context, w *world, volume corev1.PersistentVolumePhase, claim corev1.PersistentVolumeClaimPhase) error {
	last := ""
	err := eventually(ctx, fmt.Sprintf("the volume is %q and the claim %q", volume, claim), func(ctx context.Context) (bool, error) {
		isVolume, err := w.client.CoreV1().PersistentVolumes().Get(ctx, w.ns, metav1.GetOptions{})
		if err != nil && !absent(err) {
			return false, err
		}
		isClaim, err := w.client.CoreV1().PersistentVolumeClaims(w.ns).Get(ctx, "c", metav1.GetOptions{})
		if err != nil && !absent(err) {
			return false, err
		}
		last = fmt.Sprintf("%q %q", isVolume.Status.Phase, isClaim.Status.Phase)
		return isVolume.Status.Phase == volume && isClaim.Status.Phase == claim, nil
	})
	if err != nil {
		return fmt.Errorf("%w: %s", err, last)
	}
	return nil
}

func volumeBound(ctx context.Context, w *world) error {
	all, claims := w.client.CoreV1().PersistentVolumes(), w.client.CoreV1().PersistentVolumeClaims(w.ns)
	defer func() { _ = all.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	if err := first(create(ctx, all, volumeOf(w, w.ns, "2Gi", corev1.PersistentVolumeReclaimRetain)), phases(ctx, w, "Available", ""), create(ctx, claims, claimOf("c", w.ns, "1Gi")), phases(ctx, w, "Bound", "Bound")); err != nil {
		return err
	}
	claim, err := claims.Get(ctx, "c", metav1.GetOptions{})
	if err != nil {
		return err
	}
	volume, err := all.Get(ctx, w.ns, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := first(
		same("volume", claim.Spec.VolumeName, w.ns), same("capacity", claim.Status.Capacity.Storage().String(), "2Gi"), same("claim", volume.Spec.ClaimRef.UID, claim.UID),
		same("annotation", claim.Annotations["pv.kubernetes.io/bind-completed"], "yes"), same("annotation", volume.Annotations["pv.kubernetes.io/bound-by-controller"], "yes"),
		claims.Delete(ctx, "c", metav1.DeleteOptions{}), phases(ctx, w, "Released", ""),
	); err != nil {
		return err
	}
	// Another claim does not get what was released, until the volume forgets.
	if err := create(ctx, claims, claimOf("c", w.ns, "1Gi")); err != nil {
		return err
	}
	if _, err := all.Patch(ctx, w.ns, types.MergePatchType, []byte(`{"spec":{"claimRef":null}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	return first(phases(ctx, w, "Bound", "Bound"), all.Delete(ctx, w.ns, metav1.DeleteOptions{}), phases(ctx, w, "Bound", "Bound"), claims.Delete(ctx, "c", metav1.DeleteOptions{}), phases(ctx, w, "", ""))
}

func volumeProtected(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	all, claims := w.client.CoreV1().PersistentVolumes(), w.client.CoreV1().PersistentVolumeClaims(w.ns)
	if err := first(admitted(ctx, w), create(ctx, all, volumeOf(w, w.ns, "2Gi", corev1.PersistentVolumeReclaimRetain)), create(ctx, claims, claimOf("c", w.ns, "1Gi"))); err != nil {
		return err
	}
	defer func() { _ = all.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	pod := bound(w, "p", func(spec *corev1.PodSpec) {
		spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "c"}}}}
	})
	if err := first(phases(ctx, w, "Bound", "Bound"), place(ctx, w, pod, w.ns, ""), claims.Delete(ctx, "c", metav1.DeleteOptions{})); err != nil {
		return err
	}
	claim, err := claims.Get(ctx, "c", metav1.GetOptions{})
	if err != nil {
		return err
	}
	later := *pod
	later.Name = "later"
	return first(
		same("is deleted", claim.DeletionTimestamp != nil, true), same("finalizer", slices.Contains(claim.Finalizers, "kubernetes.io/pvc-protection"), true),
		place(ctx, w, &later, "", `persistentvolumeclaim "c" is being deleted`),
		w.client.CoreV1().Pods(w.ns).Delete(ctx, "later", *metav1.NewDeleteOptions(0)), w.client.CoreV1().Pods(w.ns).Delete(ctx, "p", *metav1.NewDeleteOptions(0)), phases(ctx, w, "Released", ""),
	)
}

func volumeClassProtected(ctx context.Context, w *world) error {
	classes, claims := w.client.StorageV1().VolumeAttributesClasses(), w.client.CoreV1().PersistentVolumeClaims(w.ns)
	claim := claimOf("c", "none", "1Gi")
	claim.Spec.VolumeAttributesClassName = &w.ns
	class := &storagev1.VolumeAttributesClass{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, DriverName: "d.example.com", Parameters: map[string]string{"a": "b"}}
	if err := first(create(ctx, claims, claim), create(ctx, classes, class)); err != nil {
		return err
	}
	if err := eventually(ctx, "the class is protected", func(ctx context.Context) (bool, error) {
		got, err := classes.Get(ctx, w.ns, metav1.GetOptions{})
		return err == nil && slices.Contains(got.Finalizers, "kubernetes.io/vac-protection"), err
	}); err != nil {
		return err
	}
	if err := classes.Delete(ctx, w.ns, metav1.DeleteOptions{}); err != nil {
		return err
	}
	if got, err := classes.Get(ctx, w.ns, metav1.GetOptions{}); err != nil || got.DeletionTimestamp == nil {
		return fmt.Errorf("the class in use: %s (%w)", brief(got), err)
	}
	if err := claims.Delete(ctx, "c", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the class is gone", func(ctx context.Context) (bool, error) {
		_, err := classes.Get(ctx, w.ns, metav1.GetOptions{})
		return absent(err), nil
	})
}

func scopedQuota(name string, hard corev1.ResourceList, scope corev1.ResourceQuotaScope, operator corev1.ScopeSelectorOperator, values ...string) *corev1.ResourceQuota {
	made := quota(name, hard)
	made.Spec.ScopeSelector = &corev1.ScopeSelector{MatchExpressions: []corev1.ScopedResourceSelectorRequirement{{ScopeName: scope, Operator: operator, Values: values}}}
	return made
}

func quotaOfPriorities(ctx context.Context, w *world) error {
	forget, err := levels(ctx, w, 3)
	if err != nil {
		return err
	}
	defer forget()
	name := func(level int) string { return fmt.Sprintf("%s-%d", w.ns, level) }
	quotas, pods := w.client.CoreV1().ResourceQuotas(w.ns), w.client.CoreV1().Pods(w.ns)
	const scope = corev1.ResourceQuotaScopePriorityClass
	if err := first(
		admitted(ctx, w), create(ctx, quotas, scopedQuota("in", amounts("pods", "1"), scope, "In", name(1), name(2))), create(ctx, quotas, scopedQuota("not-in", amounts("pods", "5"), scope, "NotIn", name(1))),
		create(ctx, quotas, scopedQuota("exists", amounts("pods", "5"), scope, "Exists")), used(ctx, w, "in", "pods", "0"), used(ctx, w, "not-in", "pods", "0"), used(ctx, w, "exists", "pods", "0"),
	); err != nil {
		return err
	}
	pod := func(level int) *corev1.Pod {
		pod := idlePod(fmt.Sprintf("p%d", level), nil)
		if level > 0 {
			pod.Spec.PriorityClassName = name(level)
		}
		return pod
	}
	return first(
		create(ctx, pods, pod(1)), used(ctx, w, "in", "pods", "1"), used(ctx, w, "not-in", "pods", "0"), used(ctx, w, "exists", "pods", "1"),
		refused("one too many", create(ctx, pods, pod(2)), `pods "p2" is forbidden: exceeded quota: in, requested: pods=1, used: pods=1, limited: pods=1`),
		create(ctx, pods, pod(3)), create(ctx, pods, pod(0)), used(ctx, w, "in", "pods", "1"), used(ctx, w, "not-in", "pods", "2"), used(ctx, w, "exists", "pods", "2"),
		pods.Delete(ctx, "p1", *metav1.NewDeleteOptions(0)), used(ctx, w, "in", "pods", "0"), used(ctx, w, "exists", "pods", "1"),
	)
}

func quotaOfAffinity(ctx context.Context, w *world) error {
	quotas, pods := w.client.CoreV1().ResourceQuotas(w.ns), w.client.CoreV1().Pods(w.ns)
	pod := func(name string, spaces []string) *corev1.Pod {
		pod := idlePod(name, nil)
		pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "region", Namespaces: spaces}}}}
		return pod
	}
	return first(
		admitted(ctx, w), create(ctx, quotas, scopedQuota("across", amounts("pods", "1"), corev1.ResourceQuotaScopeCrossNamespacePodAffinity, "Exists")), used(ctx, w, "across", "pods", "0"),
		create(ctx, pods, pod("own", nil)), create(ctx, pods, pod("one", []string{"other"})), used(ctx, w, "across", "pods", "1"),
		refused("one too many", create(ctx, pods, pod("two", []string{"other"})), "exceeded quota: across, requested: pods=1, used: pods=1, limited: pods=1"),
		pods.Delete(ctx, "one", *metav1.NewDeleteOptions(0)), used(ctx, w, "across", "pods", "0"),
	)
}

// quotaOfClasses counts by storage class, by attributes class, and custom objects.
func quotaOfClasses(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "counted", kind: "Counted", versions: []map[string]any{version("v1", anything, nil)}}
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	quotas, claims := w.client.CoreV1().ResourceQuotas(w.ns), w.client.CoreV1().PersistentVolumeClaims(w.ns)
	custom := "count/counted." + d.group
	gold := claimOf("gold", "gold", "1Gi")
	gold.Spec.VolumeAttributesClassName = pointer("attributes")
	if err := first(
		create(ctx, quotas, quota("q", amounts("gold.storageclass.storage.k8s.io/persistentvolumeclaims", "1", "gold.storageclass.storage.k8s.io/requests.storage", "3Gi", custom, "1"))),
		create(ctx, quotas, scopedQuota("a", amounts("persistentvolumeclaims", "1"), corev1.ResourceQuotaScopeVolumeAttributesClass, "In", "attributes")),
		used(ctx, w, "q", custom, "0"), used(ctx, w, "a", "persistentvolumeclaims", "0"),
		create(ctx, claims, claimOf("silver", "silver", "1Gi")), create(ctx, claims, gold), used(ctx, w, "a", "persistentvolumeclaims", "1"),
		used(ctx, w, "q", "gold.storageclass.storage.k8s.io/persistentvolumeclaims", "1", "gold.storageclass.storage.k8s.io/requests.storage", "1Gi"),
		refused("a second of gold", create(ctx, claims, claimOf("more", "gold", "1Gi")), "exceeded quota: q, requested: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1, used: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1, limited: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1"),
	); err != nil {
		return err
	}
	space := client.Namespace(w.ns)
	if _, err := space.Create(ctx, sample(d, "one", nil), metav1.CreateOptions{}); err != nil {
		return err
	}
	_, second := space.Create(ctx, sample(d, "two", nil), metav1.CreateOptions{})
	return first(
		used(ctx, w, "q", custom, "1"), refused("a second custom object", second, "exceeded quota: q, requested: "+custom+"=1, used: "+custom+"=1, limited: "+custom+"=1"),
		space.Delete(ctx, "one", metav1.DeleteOptions{}), used(ctx, w, "q", custom, "0"),
	)
}

// serviceRange: a second range gives addresses, and stays while one is in use.
func serviceRange(ctx context.Context, w *world) error {
	ranges, services := w.client.NetworkingV1().ServiceCIDRs(), w.client.CoreV1().Services(w.ns)
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "s"}, Spec: corev1.ServiceSpec{ClusterIP: "198.51.100.66", Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(80)}}}}
	if err := refused("an address of no range", create(ctx, services, service), "198.51.100.66"); err != nil {
		return err
	}
	if err := create(ctx, ranges, &networkingv1.ServiceCIDR{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Spec: networkingv1.ServiceCIDRSpec{CIDRs: []string{"198.51.100.0/24"}}}); err != nil {
		return err
	}
	defer func() { _ = ranges.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	told := func(status metav1.ConditionStatus, reason string) error {
		return eventually(ctx, fmt.Sprintf("the range is ready: %s %s", status, reason), func(ctx context.Context) (bool, error) {
			got, err := ranges.Get(ctx, w.ns, metav1.GetOptions{})
			return err == nil && len(got.Status.Conditions) == 1 && got.Status.Conditions[0].Status == status && got.Status.Conditions[0].Reason == reason, err
		})
	}
	if err := first(told("True", ""), eventually(ctx, "the address is given", func(ctx context.Context) (bool, error) {
		return create(ctx, services, service) == nil, nil
	})); err != nil {
		return err
	}
	address, err := w.client.NetworkingV1().IPAddresses().Get(ctx, "198.51.100.66", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := first(same("parent", address.Spec.ParentRef.Name, "s"), ranges.Delete(ctx, w.ns, metav1.DeleteOptions{}), told("False", "Terminating"), services.Delete(ctx, "s", metav1.DeleteOptions{})); err != nil {
		return err
	}
	return eventually(ctx, "the range is gone", func(ctx context.Context) (bool, error) {
		_, err := ranges.Get(ctx, w.ns, metav1.GetOptions{})
		return absent(err), nil
	})
}

// ingressClassOf: the default is written down; of several the newest, then the lower name.
func ingressClassOf(ctx context.Context, w *world) error {
	classes, ingresses := w.client.NetworkingV1().IngressClasses(), w.client.NetworkingV1().Ingresses(w.ns)
	mark := map[string]string{"ingressclass.kubernetes.io/is-default-class": "true"}
	defer func() {
		_ = classes.DeleteCollection(context.WithoutCancel(ctx), metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "of=" + w.ns})
	}()
	ingress := func(name string) (string, error) {
		made, err := ingresses.Create(ctx, &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: networkingv1.IngressSpec{DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "s", Port: networkingv1.ServiceBackendPort{Number: 80}}}}}, metav1.CreateOptions{DryRun: []string{"All"}})
		if err != nil || made.Spec.IngressClassName == nil {
			return "", err
		}
		return *made.Spec.IngressClassName, nil
	}
	for _, name := range []string{"b", "a"} {
		class := &networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: name + w.ns, Labels: map[string]string{"of": w.ns}, Annotations: mark}, Spec: networkingv1.IngressClassSpec{Controller: "example.com/c",
			Parameters: &networkingv1.IngressClassParametersReference{Kind: "P", Name: "p", APIGroup: pointer("example.com"), Scope: pointer("Namespace"), Namespace: &w.ns}}}
		if err := create(ctx, classes, class); err != nil {
			return err
		}
		if err := eventually(ctx, name+" is the default", func(context.Context) (bool, error) {
			got, err := ingress("i")
			return got == name+w.ns, err
		}); err != nil {
			return err
		}
	}
	return nil
}

// serviceAccountOptsOut: the token is mounted unless account or pod say that it is not.
func serviceAccountOptsOut(ctx context.Context, w *world) error {
	accounts, pods := w.client.CoreV1().ServiceAccounts(w.ns), w.client.CoreV1().Pods(w.ns)
	for _, row := range []struct {
		name     string
		account  *bool
		mounting map[string]bool
	}{
		{"default", nil, map[string]bool{"": true, "true": true, "false": false}}, {"mount", pointer(true), map[string]bool{"": true, "true": true, "false": false}},
		{"nomount", pointer(false), map[string]bool{"": false, "true": true, "false": false}},
	} {
		account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: row.name}, AutomountServiceAccountToken: row.account}
		if row.name == "default" {
			if err := admitted(ctx, w); err != nil {
				return err
			}
		} else if err := create(ctx, accounts, account); err != nil {
			return err
		}
		for asked, want := range row.mounting {
			pod := idlePod(strings.TrimSuffix(row.name+"-"+asked, "-"), nil)
			pod.Spec.ServiceAccountName = row.name
			if asked != "" {
				pod.Spec.AutomountServiceAccountToken = pointer(asked == "true")
			}
			made, err := pods.Create(ctx, pod, metav1.CreateOptions{})
			if err != nil {
				return err
			}
			if err := first(same(pod.Name+" mounts", len(made.Spec.Containers[0].VolumeMounts) == 1, want), same("volumes", len(made.Spec.Volumes) == 1, want)); err != nil {
				return err
			}
			if want && (made.Spec.Containers[0].VolumeMounts[0].MountPath != "/var/run/secrets/kubernetes.io/serviceaccount" || len(made.Spec.Volumes[0].Projected.Sources) != 3) {
				return fmt.Errorf("the volume is %s", brief(made.Spec.Volumes))
			}
		}
	}
	return nil
}
