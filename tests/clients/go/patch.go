package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

func deployment(name string, replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{
					{Name: "main", Image: "example.com/main:1"},
					{Name: "side", Image: "example.com/side:1"},
				}},
			},
		},
	}
}

func patchKinds(ctx context.Context, w *world) error {
	deployments := w.client.AppsV1().Deployments(w.ns)
	if _, err := deployments.Create(ctx, deployment("web", 0), metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, patch := range []struct {
		kind types.PatchType
		body string
	}{
		{types.StrategicMergePatchType, `{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"example.com/side:2"}]}}}}`},
		{types.MergePatchType, `{"metadata":{"labels":{"merged":"yes"},"annotations":{"note":"x"}}}`},
		{types.JSONPatchType, `[{"op":"test","path":"/spec/replicas","value":0},{"op":"replace","path":"/metadata/annotations/note","value":"y"}]`},
	} {
		if _, err := deployments.Patch(ctx, "web", patch.kind, []byte(patch.body), metav1.PatchOptions{}); err != nil {
			return fmt.Errorf("%s: %w", patch.kind, err)
		}
	}
	web, err := deployments.Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	containers := web.Spec.Template.Spec.Containers
	if err := first(
		same("containers", len(containers), 2),
		same("main", containers[0].Image, "example.com/main:1"),
		same("side", containers[1].Image, "example.com/side:2"),
		same("label", web.Labels["merged"], "yes"),
		same("annotation", web.Annotations["note"], "y"),
	); err != nil {
		return err
	}
	_, err = deployments.Patch(ctx, "web", types.JSONPatchType, []byte(`[{"op":"test","path":"/spec/replicas","value":7}]`), metav1.PatchOptions{})
	if !apierrors.IsInvalid(err) {
		return fmt.Errorf("a failed test of a JSON patch: %v", err)
	}
	return nil
}

func serverSideApply(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	ours := metav1.ApplyOptions{FieldManager: "ours"}
	made, err := maps.Apply(ctx, applycorev1.ConfigMap("cm", w.ns).WithData(map[string]string{"a": "1", "b": "2"}), ours)
	if err != nil {
		return err
	}
	if err := first(
		same("managers", len(made.ManagedFields), 1),
		same("operation", made.ManagedFields[0].Operation, metav1.ManagedFieldsOperationApply),
	); err != nil {
		return err
	}
	// What is applied no more goes; what another set stays.
	if _, err := maps.Apply(ctx, applycorev1.ConfigMap("cm", w.ns).WithData(map[string]string{"c": "3"}), metav1.ApplyOptions{FieldManager: "theirs"}); err != nil {
		return err
	}
	after, err := maps.Apply(ctx, applycorev1.ConfigMap("cm", w.ns).WithData(map[string]string{"a": "1"}), ours)
	if err != nil {
		return err
	}
	if len(after.Data) != 2 || after.Data["a"] != "1" || after.Data["c"] != "3" {
		return fmt.Errorf("data is %v", after.Data)
	}
	return nil
}

func applyConflict(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	apply := func(manager, value string, force bool) error {
		_, err := maps.Apply(ctx, applycorev1.ConfigMap("cm", w.ns).WithData(map[string]string{"a": value}),
			metav1.ApplyOptions{FieldManager: manager, Force: force})
		return err
	}
	if err := apply("ours", "1", false); err != nil {
		return err
	}
	err := apply("theirs", "2", false)
	if !apierrors.IsConflict(err) {
		return fmt.Errorf("another's field: %v", err)
	}
	causes := err.(*apierrors.StatusError).Status().Details.Causes
	if len(causes) != 1 || causes[0].Type != metav1.CauseTypeFieldManagerConflict || causes[0].Field != ".data.a" {
		return fmt.Errorf("causes are %+v", causes)
	}
	return apply("theirs", "2", true)
}

func extractApply(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	if _, err := maps.Apply(ctx, applycorev1.ConfigMap("cm", w.ns).WithData(map[string]string{"a": "1"}), metav1.ApplyOptions{FieldManager: "ours"}); err != nil {
		return err
	}
	object, err := maps.Get(ctx, "cm", metav1.GetOptions{})
	if err != nil {
		return err
	}
	mine, err := applycorev1.ExtractConfigMap(object, "ours")
	if err != nil {
		return err
	}
	mine.Data["b"] = "2"
	after, err := maps.Apply(ctx, mine, metav1.ApplyOptions{FieldManager: "ours"})
	if err != nil {
		return err
	}
	return same("keys", len(after.Data), 2)
}

func statusSubresource(ctx context.Context, w *world) error {
	deployments := w.client.AppsV1().Deployments(w.ns)
	made, err := deployments.Create(ctx, deployment("web", 0), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	body := []byte(`{"spec":{"replicas":5},"status":{"conditions":[{"type":"Example","status":"True","reason":"Test"}]}}`)
	after, err := deployments.Patch(ctx, "web", types.MergePatchType, body, metav1.PatchOptions{}, "status")
	if err != nil {
		return err
	}
	if err := first(
		same("replicas", *after.Spec.Replicas, 0),
		same("generation", after.Generation, made.Generation),
	); err != nil {
		return err
	}
	for _, condition := range after.Status.Conditions {
		if condition.Type == "Example" {
			return nil
		}
	}
	return fmt.Errorf("the condition is not there: %+v", after.Status)
}

func scaleSubresource(ctx context.Context, w *world) error {
	deployments := w.client.AppsV1().Deployments(w.ns)
	if _, err := deployments.Create(ctx, deployment("web", 0), metav1.CreateOptions{}); err != nil {
		return err
	}
	scale, err := deployments.GetScale(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if _, err := deployments.UpdateScale(ctx, "web", &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: w.ns},
		Spec:       autoscalingv1.ScaleSpec{Replicas: scale.Spec.Replicas + 3},
	}, metav1.UpdateOptions{}); err != nil {
		return err
	}
	web, err := deployments.Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return first(
		same("replicas", *web.Spec.Replicas, 3),
		same("selector", scale.Status.Selector, "app=web"),
	)
}
