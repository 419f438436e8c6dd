package main

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
)

func crud(ctx context.Context, w *world) error {
	return crudWith(ctx, w.client, w.ns)
}

func crudProtobuf(ctx context.Context, w *world) error {
	config := rest.CopyConfig(w.config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	return crudWith(ctx, client, w.ns)
}

func crudWith(ctx context.Context, client kubernetes.Interface, ns string) error {
	maps := client.CoreV1().ConfigMaps(ns)
	object := configMap("one", map[string]string{"key": "välue"})
	object.BinaryData = map[string][]byte{"raw": {0, 1, 255}}
	object.Labels = map[string]string{"app": "one"}
	made, err := maps.Create(ctx, object, metav1.CreateOptions{FieldManager: "crud"})
	if err != nil {
		return err
	}
	if made.UID == "" || made.ResourceVersion == "" || made.CreationTimestamp.IsZero() || len(made.ManagedFields) != 1 {
		return fmt.Errorf("metadata is not filled: %+v", made.ObjectMeta)
	}
	read, err := maps.Get(ctx, "one", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := first(
		same("data", read.Data["key"], "välue"),
		same("binary data", string(read.BinaryData["raw"]), "\x00\x01\xff"),
		same("uid", read.UID, made.UID),
		same("manager", read.ManagedFields[0].Manager, "crud"),
	); err != nil {
		return err
	}
	read.Data["key"] = "other"
	written, err := maps.Update(ctx, read, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	if written.ResourceVersion == made.ResourceVersion {
		return fmt.Errorf("an update left resourceVersion %s", made.ResourceVersion)
	}
	// An update that changes nothing is no new version.
	again, err := maps.Update(ctx, written, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	if err := same("resourceVersion after a write of nothing", again.ResourceVersion, written.ResourceVersion); err != nil {
		return err
	}
	list, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "app=one"})
	if err != nil {
		return err
	}
	if err := same("items", len(list.Items), 1); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "one", metav1.DeleteOptions{
		Preconditions: metav1.NewUIDPreconditions(string(made.UID)),
	}); err != nil {
		return err
	}
	_, err = maps.Get(ctx, "one", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		return fmt.Errorf("a deleted object answers %v", err)
	}
	return nil
}

func generateName(ctx context.Context, w *world) error {
	seen := map[string]bool{}
	for range 20 {
		made, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{GenerateName: "gen-"},
		}, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		if !strings.HasPrefix(made.Name, "gen-") || len(made.Name) != len("gen-")+5 || seen[made.Name] {
			return fmt.Errorf("generated name %q", made.Name)
		}
		seen[made.Name] = true
	}
	return nil
}

func conflict(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	old, err := maps.Create(ctx, configMap("one", map[string]string{"n": "0"}), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	current := old.DeepCopy()
	current.Data["n"] = "1"
	if _, err := maps.Update(ctx, current, metav1.UpdateOptions{}); err != nil {
		return err
	}
	old.Data["n"] = "2"
	if _, err := maps.Update(ctx, old, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("an update of an old version answers %v", err)
	}
	err = maps.Delete(ctx, "one", metav1.DeleteOptions{
		Preconditions: &metav1.Preconditions{ResourceVersion: &old.ResourceVersion},
	})
	if !apierrors.IsConflict(err) {
		return fmt.Errorf("a deletion of an old version answers %v", err)
	}
	err = maps.Delete(ctx, "one", metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions("other")})
	if !apierrors.IsConflict(err) {
		return fmt.Errorf("a deletion of another uid answers %v", err)
	}
	return nil
}

// retryOnConflict counts to 40 from 8 sides at once: no write may be lost.
func retryOnConflict(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	if _, err := maps.Create(ctx, configMap("count", map[string]string{"n": ""}), metav1.CreateOptions{}); err != nil {
		return err
	}
	backoff := retry.DefaultBackoff
	backoff.Steps = 100
	done := make(chan error)
	for range 8 {
		go func() {
			for range 5 {
				err := retry.RetryOnConflict(backoff, func() error {
					object, err := maps.Get(ctx, "count", metav1.GetOptions{})
					if err != nil {
						return err
					}
					object.Data["n"] += "x"
					_, err = maps.Update(ctx, object, metav1.UpdateOptions{})
					return err
				})
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	var failed error
	for range 8 {
		if err := <-done; err != nil {
			failed = err
		}
	}
	if failed != nil {
		return failed
	}
	object, err := maps.Get(ctx, "count", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return same("count", len(object.Data["n"]), 40)
}

func apiErrors(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	if _, err := maps.Get(ctx, "none", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("get of none: %v", err)
	}
	if _, err := maps.Create(ctx, configMap("Not_a_name", nil), metav1.CreateOptions{}); !apierrors.IsInvalid(err) {
		return fmt.Errorf("create with a bad name: %v", err)
	}
	if _, err := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{}); err != nil {
		return err
	}
	if _, err := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create twice: %v", err)
	}
	elsewhere := configMap("two", nil)
	elsewhere.Namespace = "elsewhere"
	if _, err := maps.Create(ctx, elsewhere, metav1.CreateOptions{}); !apierrors.IsBadRequest(err) {
		return fmt.Errorf("create for another namespace: %v", err)
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c"}, {Name: "c", Image: "i"}}},
	}
	// Pods are admitted only when their account exists, which comes soon after the namespace.
	if err := eventually(ctx, "the namespace has its account", func(ctx context.Context) (bool, error) {
		_, err := w.client.CoreV1().ServiceAccounts(w.ns).Get(ctx, "default", metav1.GetOptions{})
		return err == nil, nil
	}); err != nil {
		return err
	}
	_, err := w.client.CoreV1().Pods(w.ns).Create(ctx, pod, metav1.CreateOptions{})
	if !apierrors.IsInvalid(err) {
		return fmt.Errorf("invalid pod: %v", err)
	}
	status := err.(*apierrors.StatusError).Status()
	fields := map[string]metav1.CauseType{}
	for _, cause := range status.Details.Causes {
		fields[cause.Field] = cause.Type
	}
	if err := first(
		same("cause of image", fields["spec.containers[0].image"], metav1.CauseTypeFieldValueRequired),
		same("cause of name", fields["spec.containers[1].name"], metav1.CauseTypeFieldValueDuplicate),
	); err != nil {
		return err
	}
	anonymous := rest.AnonymousClientConfig(w.config)
	nobody, err := kubernetes.NewForConfig(anonymous)
	if err != nil {
		return err
	}
	if _, err := nobody.CoreV1().Secrets(w.ns).List(ctx, metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		return fmt.Errorf("secrets for nobody: %v", err)
	}
	anonymous.BearerToken = "wrong"
	stranger, err := kubernetes.NewForConfig(anonymous)
	if err != nil {
		return err
	}
	if _, err := stranger.CoreV1().Secrets(w.ns).List(ctx, metav1.ListOptions{}); !apierrors.IsUnauthorized(err) {
		return fmt.Errorf("secrets for a stranger: %v", err)
	}
	return nil
}

func dryRun(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	made, err := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return err
	}
	if made.UID == "" {
		return fmt.Errorf("a dry run answers no uid")
	}
	if _, err := maps.Get(ctx, "one", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("a dry run left something: %v", err)
	}
	return nil
}

func selectors(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	for name, labels := range map[string]map[string]string{
		"a": {"tier": "front", "old": ""}, "b": {"tier": "back"}, "c": nil,
	} {
		object := configMap(name, nil)
		object.Labels = labels
		if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	for selector, want := range map[string]string{
		"tier=front": "a", "tier!=front": "b c", "tier in (front,back)": "a b",
		"tier notin (back)": "a c", "!tier": "c", "tier,!old": "b",
	} {
		list, err := maps.List(ctx, metav1.ListOptions{LabelSelector: selector, FieldSelector: "metadata.name!=kube-root-ca.crt"})
		if err != nil {
			return err
		}
		var names []string
		for _, item := range list.Items {
			names = append(names, item.Name)
		}
		if err := same("names of "+selector, strings.Join(names, " "), want); err != nil {
			return err
		}
	}
	list, err := maps.List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=b"})
	if err != nil {
		return err
	}
	return same("items of the field selector", len(list.Items), 1)
}

func deleteCollection(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	for _, name := range []string{"a", "b", "c"} {
		object := configMap(name, nil)
		if name != "c" {
			object.Labels = map[string]string{"go": "yes"}
		}
		if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	if err := maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "go=yes"}); err != nil {
		return err
	}
	if _, err := maps.Get(ctx, "a", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("get of a deleted one: %v", err)
	}
	_, err := maps.Get(ctx, "c", metav1.GetOptions{})
	return err
}

func finalizer(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	object := configMap("held", nil)
	object.Finalizers = []string{"example.com/hold"}
	if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "held", metav1.DeleteOptions{}); err != nil {
		return err
	}
	held, err := maps.Get(ctx, "held", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if held.DeletionTimestamp == nil {
		return fmt.Errorf("no deletionTimestamp")
	}
	held.Finalizers = nil
	if _, err := maps.Update(ctx, held, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if _, err := maps.Get(ctx, "held", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("after the finalizer: %v", err)
	}
	return nil
}
