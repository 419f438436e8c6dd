package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// control are the checks of controllers and admission that need no node.
var control = []check{
	{"namespace-label", namespaceLabel},
	{"namespace-finalizer", namespaceFinalizer},
	{"namespace-empties", namespaceEmpties},
	{"quota-counts", quotaCounts},
	{"quota-services", quotaServices},
	{"quota-pods", quotaPods},
	{"quota-scopes", quotaScopes},
	{"limit-range", limitRange},
	{"garbage-policies", garbagePolicies},
	{"garbage-owners", garbageOwners},
	{"policy-validates", policyValidates},
	{"policy-mutates", policyMutates},
	{"policy-type-checks", policyTypeChecks},
	{"replicas-adopt-and-release", adoptAndRelease},
	{"replicas-over-quota", overQuota},
	{"scale-of-everything", scaleOfEverything},
	{"revisions-of-daemon-sets", daemonRevisions},
	{"eviction-and-budget", evictionAndBudget},
	{"priority-classes", priorityClasses},
}

// A pod that no node takes.
func idlePod(name string, podLabels map[string]string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: podLabels},
		Spec:       corev1.PodSpec{NodeSelector: map[string]string{"no": "node"}, Containers: []corev1.Container{{Name: "c", Image: "i"}}},
	}
}

func idleTemplate(app string) corev1.PodTemplateSpec {
	pod := idlePod("", map[string]string{"app": app})
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: pod.Labels}, Spec: pod.Spec}
}

func pointer[T any](value T) *T { return &value }

func namespaceLabel(ctx context.Context, w *world) error {
	got, err := w.client.CoreV1().Namespaces().Get(ctx, w.ns, metav1.GetOptions{})
	if err != nil {
		return err
	}
	return same("label", got.Labels["kubernetes.io/metadata.name"], w.ns)
}

func namespaceFinalizer(ctx context.Context, w *world) error {
	spaces := w.client.CoreV1().Namespaces()
	for _, wanted := range [][]corev1.FinalizerName{{"kubernetes", "e2e.example.com/fakeFinalizer"}, {"kubernetes"}} {
		got, err := spaces.Get(ctx, w.ns, metav1.GetOptions{})
		if err != nil {
			return err
		}
		got.Spec.Finalizers = wanted
		if got, err = spaces.Finalize(ctx, got, metav1.UpdateOptions{}); err != nil {
			return err
		}
		if !slices.Equal(got.Spec.Finalizers, wanted) {
			return fmt.Errorf("finalizers are %v, want %v", got.Spec.Finalizers, wanted)
		}
	}
	return nil
}

func namespaceEmpties(ctx context.Context, w *world) error {
	name, err := newNamespace(ctx, w.client, "emptied")
	if err != nil {
		return err
	}
	inner := &world{config: w.config, client: w.client, ns: name}
	if err := admitted(ctx, inner); err != nil {
		return err
	}
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "s"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
	if err := first(create(ctx, w.client.CoreV1().Pods(name), idlePod("p", nil)), create(ctx, w.client.CoreV1().Services(name), service)); err != nil {
		return err
	}
	if err := w.client.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, "the namespace is gone", func(ctx context.Context) (bool, error) {
		_, err := w.client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
		return absent(err), nil
	}); err != nil {
		return err
	}
	if _, err := w.client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
		return err
	}
	pods, err := w.client.CoreV1().Pods(name).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	services, err := w.client.CoreV1().Services(name).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return first(same("pods", len(pods.Items), 0), same("services", len(services.Items), 0))
}

func replicaSet(name string, replicas int32) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: appsv1.ReplicaSetSpec{
		Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}, Template: idleTemplate(name),
	}}
}

func idleDeployment(name string, replicas int32) *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: appsv1.DeploymentSpec{
		Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}, Template: idleTemplate(name),
	}}
}

// podsOf waits until so many pods are there, and returns them.
func podsOf(ctx context.Context, w *world, app string, count int) ([]corev1.Pod, error) {
	var found []corev1.Pod
	err := eventually(ctx, fmt.Sprintf("%d pods of %s", count, app), func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: labels.Set{"app": app}.String()})
		if err != nil {
			return false, err
		}
		found = list.Items
		return len(found) == count, nil
	})
	return found, err
}

func garbagePolicies(ctx context.Context, w *world) error {
	if err := admitted(ctx, w); err != nil {
		return err
	}
	for policy, left := range map[metav1.DeletionPropagation]int{metav1.DeletePropagationBackground: 0, metav1.DeletePropagationForeground: 0, metav1.DeletePropagationOrphan: 2} {
		name := strings.ToLower(string(policy))
		deployments := w.client.AppsV1().Deployments(w.ns)
		if err := create(ctx, deployments, idleDeployment(name, 2)); err != nil {
			return err
		}
		if _, err := podsOf(ctx, w, name, 2); err != nil {
			return err
		}
		if err := deployments.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy}); err != nil {
			return err
		}
		if err := eventually(ctx, name+" is gone", func(ctx context.Context) (bool, error) {
			_, err := deployments.Get(ctx, name, metav1.GetOptions{})
			return absent(err), nil
		}); err != nil {
			return err
		}
		if _, err := podsOf(ctx, w, name, left); err != nil {
			return err
		}
		sets, err := w.client.AppsV1().ReplicaSets(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=" + name})
		if err != nil {
			return err
		}
		if left > 0 {
			if err := same("orphaned ReplicaSets", len(sets.Items), 1); err != nil {
				return err
			}
			if err := eventually(ctx, "the ReplicaSet has no owner", func(ctx context.Context) (bool, error) {
				set, err := w.client.AppsV1().ReplicaSets(w.ns).Get(ctx, sets.Items[0].Name, metav1.GetOptions{})
				return err == nil && len(set.OwnerReferences) == 0, err
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// garbageOwners: a circle of owners holds nothing up, and who has another owner stays.
func garbageOwners(ctx context.Context, w *world) error {
	if err := admitted(ctx, w); err != nil {
		return err
	}
	pods := w.client.CoreV1().Pods(w.ns)
	ids := map[string]types.UID{}
	for _, name := range []string{"p1", "p2", "p3"} {
		made, err := pods.Create(ctx, idlePod(name, map[string]string{"app": "circle"}), metav1.CreateOptions{})
		if err != nil {
			return err
		}
		ids[name] = made.UID
	}
	own := func(name string, owners ...metav1.OwnerReference) error {
		text, err := json.Marshal(map[string]any{"metadata": map[string]any{"ownerReferences": owners}})
		if err != nil {
			return err
		}
		_, err = pods.Patch(ctx, name, types.StrategicMergePatchType, text, metav1.PatchOptions{})
		return err
	}
	owner := func(name string) metav1.OwnerReference {
		return metav1.OwnerReference{APIVersion: "v1", Kind: "Pod", Name: name, UID: ids[name], Controller: pointer(true), BlockOwnerDeletion: pointer(true)}
	}
	if err := first(own("p1", owner("p3")), own("p2", owner("p1")), own("p3", owner("p2"))); err != nil {
		return err
	}
	if err := pods.Delete(ctx, "p1", metav1.DeleteOptions{PropagationPolicy: pointer(metav1.DeletePropagationForeground)}); err != nil {
		return err
	}
	if _, err := podsOf(ctx, w, "circle", 0); err != nil {
		return err
	}
	sets := w.client.AppsV1().ReplicaSets(w.ns)
	if err := first(create(ctx, sets, replicaSet("dies", 4)), create(ctx, sets, replicaSet("lives", 0))); err != nil {
		return err
	}
	found, err := podsOf(ctx, w, "dies", 4)
	if err != nil {
		return err
	}
	lives, err := sets.Get(ctx, "lives", metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, pod := range found[:2] {
		if err := own(pod.Name, metav1.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "lives", UID: lives.UID}); err != nil {
			return err
		}
	}
	if err := sets.Delete(ctx, "dies", metav1.DeleteOptions{PropagationPolicy: pointer(metav1.DeletePropagationForeground)}); err != nil {
		return err
	}
	if err := eventually(ctx, "the first owner is gone", func(ctx context.Context) (bool, error) {
		_, err := sets.Get(ctx, "dies", metav1.GetOptions{})
		return absent(err), nil
	}); err != nil {
		return err
	}
	left, err := podsOf(ctx, w, "dies", 2)
	if err != nil {
		return err
	}
	for _, pod := range left {
		if pod.DeletionTimestamp != nil || len(pod.OwnerReferences) != 1 {
			return fmt.Errorf("%s was to stay with one owner: %s", pod.Name, brief(pod.ObjectMeta))
		}
	}
	return nil
}

func policyFor(w *world, name string, resourceName string) (*metav1.LabelSelector, []admissionregistrationv1.NamedRuleWithOperations) {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": w.ns}}, []admissionregistrationv1.NamedRuleWithOperations{{
		RuleWithOperations: admissionregistrationv1.RuleWithOperations{
			Operations: []admissionregistrationv1.OperationType{"CREATE", "UPDATE"},
			Rule:       admissionregistrationv1.Rule{APIGroups: []string{"apps"}, APIVersions: []string{"v1"}, Resources: []string{resourceName}},
		},
	}}
}

func validatingPolicy(w *world, name string, spec admissionregistrationv1.ValidatingAdmissionPolicySpec) *admissionregistrationv1.ValidatingAdmissionPolicy {
	selector, rules := policyFor(w, name, "deployments")
	spec.MatchConstraints = &admissionregistrationv1.MatchResources{NamespaceSelector: selector, ResourceRules: rules}
	return &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: w.ns + name}, Spec: spec}
}

func policyValidates(ctx context.Context, w *world) error {
	policies, bindings := w.client.AdmissionregistrationV1().ValidatingAdmissionPolicies(), w.client.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings()
	policy := validatingPolicy(w, "", admissionregistrationv1.ValidatingAdmissionPolicySpec{
		Variables: []admissionregistrationv1.Variable{{Name: "replicas", Expression: "object.spec.replicas"}, {Name: "oddReplicas", Expression: "variables.replicas % 2 == 1"}},
		Validations: []admissionregistrationv1.Validation{
			{Expression: "variables.replicas > 1", MessageExpression: "'wants replicas > 1, got ' + string(variables.replicas)"}, {Expression: "!variables.oddReplicas"},
		},
	})
	binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: policy.Name}, Spec: admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName: policy.Name, ValidationActions: []admissionregistrationv1.ValidationAction{"Deny"}, MatchResources: &admissionregistrationv1.MatchResources{NamespaceSelector: policy.Spec.MatchConstraints.NamespaceSelector},
	}}
	if err := first(create(ctx, policies, policy), create(ctx, bindings, binding)); err != nil {
		return err
	}
	defer func() {
		_ = policies.Delete(context.WithoutCancel(ctx), policy.Name, metav1.DeleteOptions{})
		_ = bindings.Delete(context.WithoutCancel(ctx), policy.Name, metav1.DeleteOptions{})
	}()
	deployments := w.client.AppsV1().Deployments(w.ns)
	var denied error
	if err := eventually(ctx, "the policy denies", func(ctx context.Context) (bool, error) {
		_, denied = deployments.Create(ctx, idleDeployment("marker", 1), metav1.CreateOptions{DryRun: []string{"All"}})
		return denied != nil, nil
	}); err != nil {
		return err
	}
	if !apierrors.IsInvalid(denied) {
		return fmt.Errorf("the denial is %w", denied)
	}
	return first(
		refused("one replica", denied, "wants replicas > 1, got 1"), refused("three replicas", create(ctx, deployments, idleDeployment("odd", 3)), "failed expression: !variables.oddReplicas"),
		create(ctx, deployments, idleDeployment("even", 4)), create(ctx, w.client.AppsV1().ReplicaSets(w.ns), replicaSet("one", 1)),
	)
}

func policyMutates(ctx context.Context, w *world) error {
	policies, bindings := w.client.AdmissionregistrationV1().MutatingAdmissionPolicies(), w.client.AdmissionregistrationV1().MutatingAdmissionPolicyBindings()
	selector, rules := policyFor(w, "", "deployments")
	policy := &admissionregistrationv1.MutatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Spec: admissionregistrationv1.MutatingAdmissionPolicySpec{
		ReinvocationPolicy: admissionregistrationv1.NeverReinvocationPolicy,
		MatchConstraints:   &admissionregistrationv1.MatchResources{NamespaceSelector: selector, ResourceRules: rules},
		Mutations: []admissionregistrationv1.Mutation{
			{PatchType: "ApplyConfiguration", ApplyConfiguration: &admissionregistrationv1.ApplyConfiguration{Expression: `Object{metadata: Object.metadata{annotations: {"mutated-by": "admission-policy"}}}`}},
			{PatchType: "JSONPatch", JSONPatch: &admissionregistrationv1.JSONPatch{Expression: `[JSONPatch{op: "add", path: "/spec/replicas", value: object.spec.replicas + 1}]`}},
		},
	}}
	binding := &admissionregistrationv1.MutatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Spec: admissionregistrationv1.MutatingAdmissionPolicyBindingSpec{PolicyName: w.ns}}
	if err := first(create(ctx, policies, policy), create(ctx, bindings, binding)); err != nil {
		return err
	}
	defer func() {
		_ = policies.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{})
		_ = bindings.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{})
	}()
	return eventually(ctx, "the policy mutates", func(ctx context.Context) (bool, error) {
		made, err := w.client.AppsV1().Deployments(w.ns).Create(ctx, idleDeployment("mutated", 2), metav1.CreateOptions{DryRun: []string{"All"}})
		return err == nil && made.Annotations["mutated-by"] == "admission-policy" && *made.Spec.Replicas == 3, err
	})
}

func policyTypeChecks(ctx context.Context, w *world) error {
	policies := w.client.AdmissionregistrationV1().ValidatingAdmissionPolicies()
	for i, row := range []struct {
		validation admissionregistrationv1.Validation
		want       []admissionregistrationv1.ExpressionWarning
	}{
		{validation: admissionregistrationv1.Validation{Expression: "object.spec.replicas > 1"}},
		{admissionregistrationv1.Validation{Expression: "object.spec.replicas > '1'", MessageExpression: "'wants replicas > 1, got ' + object.spec.replicas"}, []admissionregistrationv1.ExpressionWarning{
			{FieldRef: "spec.validations[0].expression", Warning: "found no matching overload for '_>_' applied to '(int, string)'"},
			{FieldRef: "spec.validations[0].messageExpression", Warning: "found no matching overload for '_+_' applied to '(string, int)'"},
		}},
	} {
		policy := validatingPolicy(w, fmt.Sprintf("-%d", i), admissionregistrationv1.ValidatingAdmissionPolicySpec{Validations: []admissionregistrationv1.Validation{row.validation}})
		if err := create(ctx, policies, policy); err != nil {
			return err
		}
		var got []admissionregistrationv1.ExpressionWarning
		if err := eventually(ctx, "the policy is checked", func(ctx context.Context) (bool, error) {
			found, err := policies.Get(ctx, policy.Name, metav1.GetOptions{})
			if err != nil || found.Status.TypeChecking == nil {
				return false, err
			}
			got = found.Status.TypeChecking.ExpressionWarnings
			return true, nil
		}); err != nil {
			return err
		}
		if err := same("warnings", len(got), len(row.want)); err != nil {
			return fmt.Errorf("%w: %v", err, got)
		}
		for i, want := range row.want {
			if got[i].FieldRef != want.FieldRef || !strings.Contains(got[i].Warning, want.Warning) {
				return fmt.Errorf("warning %d is %v, want %v", i, got[i], want)
			}
		}
		if err := policies.Delete(ctx, policy.Name, metav1.DeleteOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// seenByControllers waits until the controllers know of so many pods of an app, which only a budget
// tells: one that does not know of a pod yet makes another in its place, and may keep that one.
func seenByControllers(ctx context.Context, w *world, app string, count int32) error {
	budgets := w.client.PolicyV1().PodDisruptionBudgets(w.ns)
	budget := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: app}, Spec: policyv1.PodDisruptionBudgetSpec{MinAvailable: pointer(intstr.FromInt32(1)), Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}}}
	if err := create(ctx, budgets, budget); err != nil {
		return err
	}
	return eventually(ctx, fmt.Sprintf("the controllers know of %d pods of %s", count, app), func(ctx context.Context) (bool, error) {
		got, err := budgets.Get(ctx, app, metav1.GetOptions{})
		return err == nil && got.Status.ObservedGeneration == got.Generation && got.Status.ExpectedPods == count, err
	})
}

func adoptAndRelease(ctx context.Context, w *world) error {
	if err := admitted(ctx, w); err != nil {
		return err
	}
	pods := w.client.CoreV1().Pods(w.ns)
	for _, kind := range []string{"ReplicaSet", "ReplicationController"} {
		app := strings.ToLower(kind)
		if err := first(create(ctx, pods, idlePod(app+"-alone", map[string]string{"app": app})), seenByControllers(ctx, w, app, 1)); err != nil {
			return err
		}
		err := error(nil)
		if kind == "ReplicaSet" {
			err = create(ctx, w.client.AppsV1().ReplicaSets(w.ns), replicaSet(app, 1))
		} else {
			err = create(ctx, w.client.CoreV1().ReplicationControllers(w.ns), &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Name: app}, Spec: corev1.ReplicationControllerSpec{Template: pointer(idleTemplate(app))}})
		}
		if err != nil {
			return err
		}
		owned := func(want bool) error {
			return eventually(ctx, fmt.Sprintf("%s owns the pod: %v", kind, want), func(ctx context.Context) (bool, error) {
				pod, err := pods.Get(ctx, app+"-alone", metav1.GetOptions{})
				if err != nil {
					return false, err
				}
				owner := metav1.GetControllerOf(pod)
				return (owner != nil && owner.Kind == kind && owner.Name == app) == want, nil
			})
		}
		if err := owned(true); err != nil {
			return err
		}
		if _, err := pods.Patch(ctx, app+"-alone", types.MergePatchType, []byte(`{"metadata":{"labels":{"app":"not-matching"}}}`), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := owned(false); err != nil {
			return err
		}
		if _, err := podsOf(ctx, w, app, 1); err != nil {
			return err
		}
	}
	return nil
}

// overQuota wants a condition while pods are over their quota, and none when they fit.
func overQuota(ctx context.Context, w *world) error {
	if err := first(admitted(ctx, w), create(ctx, w.client.CoreV1().ResourceQuotas(w.ns), quota("condition-test", amounts("pods", "2")))); err != nil {
		return err
	}
	if err := used(ctx, w, "condition-test", "pods", "0"); err != nil {
		return err
	}
	controllers := w.client.CoreV1().ReplicationControllers(w.ns)
	if err := create(ctx, controllers, &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Name: "rc"}, Spec: corev1.ReplicationControllerSpec{Replicas: pointer[int32](3), Template: pointer(idleTemplate("rc"))}}); err != nil {
		return err
	}
	failing := func(want bool) error {
		return eventually(ctx, fmt.Sprintf("the condition of failure is there: %v", want), func(ctx context.Context) (bool, error) {
			got, err := controllers.Get(ctx, "rc", metav1.GetOptions{})
			if err != nil {
				return false, err
			}
			has := slices.ContainsFunc(got.Status.Conditions, func(c corev1.ReplicationControllerCondition) bool {
				return c.Type == corev1.ReplicationControllerReplicaFailure && c.Status == "True" && c.Reason == "FailedCreate"
			})
			return has == want, nil
		})
	}
	if err := failing(true); err != nil {
		return err
	}
	if _, err := controllers.UpdateScale(ctx, "rc", &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "rc", Namespace: w.ns}, Spec: autoscalingv1.ScaleSpec{Replicas: 2}}, metav1.UpdateOptions{}); err != nil {
		return err
	}
	return failing(false)
}

func scaleOfEverything(ctx context.Context, w *world) error {
	apps, core := w.client.AppsV1(), w.client.CoreV1()
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: "x"}, Spec: appsv1.StatefulSetSpec{Replicas: pointer[int32](1), ServiceName: "s", Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "s"}}, Template: idleTemplate("s")}}
	if err := first(
		create(ctx, apps.Deployments(w.ns), idleDeployment("x", 1)), create(ctx, apps.ReplicaSets(w.ns), replicaSet("x", 1)), create(ctx, apps.StatefulSets(w.ns), set),
		create(ctx, core.ReplicationControllers(w.ns), &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Name: "x"}, Spec: corev1.ReplicationControllerSpec{Replicas: pointer[int32](1), Template: pointer(idleTemplate("rc"))}}),
	); err != nil {
		return err
	}
	type scaler interface {
		GetScale(ctx context.Context, name string, options metav1.GetOptions) (*autoscalingv1.Scale, error)
		UpdateScale(ctx context.Context, name string, scale *autoscalingv1.Scale, options metav1.UpdateOptions) (*autoscalingv1.Scale, error)
	}
	for name, client := range map[string]scaler{"Deployment": apps.Deployments(w.ns), "ReplicaSet": apps.ReplicaSets(w.ns), "StatefulSet": apps.StatefulSets(w.ns), "ReplicationController": core.ReplicationControllers(w.ns)} {
		scale, err := client.GetScale(ctx, "x", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if err := first(same("replicas of the "+name, scale.Spec.Replicas, 1), same("selector given", scale.Status.Selector != "", true)); err != nil {
			return err
		}
		// An update without a resource version is unconditional.
		scale.ResourceVersion, scale.Spec.Replicas = "", 2
		if scale, err = client.UpdateScale(ctx, "x", scale, metav1.UpdateOptions{}); err != nil {
			return err
		}
		if err := same("replicas after an update of the "+name, scale.Spec.Replicas, 2); err != nil {
			return err
		}
	}
	for path, kind := range map[string]string{"/apis/apps/v1": "deployments replicasets statefulsets", "/api/v1": "replicationcontrollers"} {
		for _, resourceName := range strings.Fields(kind) {
			var scale autoscalingv1.Scale
			if err := core.RESTClient().Patch(types.StrategicMergePatchType).AbsPath(path).Namespace(w.ns).Resource(resourceName).Name("x").SubResource("scale").Body([]byte(`{"spec":{"replicas":4}}`)).Do(ctx).Into(&scale); err != nil {
				return err
			}
			if err := same("replicas after a patch", scale.Spec.Replicas, 4); err != nil {
				return err
			}
		}
	}
	return nil
}

func daemonRevisions(ctx context.Context, w *world) error {
	sets, revisions := w.client.AppsV1().DaemonSets(w.ns), w.client.AppsV1().ControllerRevisions(w.ns)
	set := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "d"}, Spec: appsv1.DaemonSetSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "d"}}, Template: idleTemplate("d")}}
	if err := create(ctx, sets, set); err != nil {
		return err
	}
	count := func(want int) ([]appsv1.ControllerRevision, error) {
		var found []appsv1.ControllerRevision
		err := eventually(ctx, fmt.Sprintf("%d revisions", want), func(ctx context.Context) (bool, error) {
			list, err := revisions.List(ctx, metav1.ListOptions{LabelSelector: "app=d"})
			if err != nil {
				return false, err
			}
			found = list.Items
			return len(found) == want, nil
		})
		return found, err
	}
	found, err := count(1)
	if err != nil {
		return err
	}
	second := &appsv1.ControllerRevision{ObjectMeta: metav1.ObjectMeta{Name: "second", Labels: found[0].Labels, OwnerReferences: found[0].OwnerReferences}, Data: found[0].Data, Revision: found[0].Revision + 1}
	if err := create(ctx, revisions, second); err != nil {
		return err
	}
	if _, err := count(2); err != nil {
		return err
	}
	if err := revisions.Delete(ctx, found[0].Name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	if _, err := count(1); err != nil {
		return err
	}
	if _, err := sets.Patch(ctx, "d", types.StrategicMergePatchType, []byte(`{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":1}}}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if found, err = count(2); err != nil {
		return err
	}
	if err := revisions.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "metadata.name=second"}); err != nil {
		return err
	}
	if found, err = count(1); err != nil {
		return err
	}
	return same("revision", found[0].Revision, 3)
}

// evictionAndBudget blocks an eviction until the budget allows it; the node is this program.
func evictionAndBudget(ctx context.Context, w *world) error {
	pods, budgets := w.client.CoreV1().Pods(w.ns), w.client.PolicyV1().PodDisruptionBudgets(w.ns)
	if err := admitted(ctx, w); err != nil {
		return err
	}
	for _, name := range []string{"a", "b"} {
		pod := idlePod(name, map[string]string{"app": "budget"})
		pod.Spec.TerminationGracePeriodSeconds = pointer[int64](0)
		if err := create(ctx, pods, pod); err != nil {
			return err
		}
		if _, err := pods.Patch(ctx, name, types.StrategicMergePatchType, []byte(`{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`), metav1.PatchOptions{}, "status"); err != nil {
			return err
		}
	}
	budget := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: "b"}, Spec: policyv1.PodDisruptionBudgetSpec{MinAvailable: pointer(intstr.FromInt32(2)), Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "budget"}}}}
	if err := create(ctx, budgets, budget); err != nil {
		return err
	}
	allowed := func(want int32) error {
		return eventually(ctx, fmt.Sprintf("%d disruptions are allowed", want), func(ctx context.Context) (bool, error) {
			got, err := budgets.Get(ctx, "b", metav1.GetOptions{})
			return err == nil && got.Status.ObservedGeneration == got.Generation && got.Status.CurrentHealthy == 2 && got.Status.DisruptionsAllowed == want, err
		})
	}
	if err := allowed(0); err != nil {
		return err
	}
	evict := func() error {
		return pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: w.ns}})
	}
	denied := evict()
	if err := refused("an eviction", denied, "Cannot evict pod as it would violate the pod's disruption budget."); err != nil {
		return err
	}
	if !apierrors.HasStatusCause(denied, policyv1.DisruptionBudgetCause) || !apierrors.IsTooManyRequests(denied) {
		return fmt.Errorf("the denial is %#v", denied)
	}
	if _, err := budgets.Patch(ctx, "b", types.MergePatchType, []byte(`{"spec":{"minAvailable":1}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	return first(allowed(1), evict())
}

func priorityClasses(ctx context.Context, w *world) error {
	classes := w.client.SchedulingV1().PriorityClasses()
	class := &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Value: 77, PreemptionPolicy: pointer(corev1.PreemptNever)}
	if err := first(create(ctx, classes, class), admitted(ctx, w)); err != nil {
		return err
	}
	defer func() { _ = classes.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	_, err := classes.Patch(ctx, w.ns, types.StrategicMergePatchType, []byte(`{"value":78}`), metav1.PatchOptions{})
	if err := refused("another value", err, "may not be changed in an update"); err != nil {
		return err
	}
	pod := idlePod("p", nil)
	pod.Spec.PriorityClassName = w.ns
	made, err := w.client.CoreV1().Pods(w.ns).Create(ctx, pod, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return first(same("priority", *made.Spec.Priority, 77), same("preemption", *made.Spec.PreemptionPolicy, corev1.PreemptNever))
}
