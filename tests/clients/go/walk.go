package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/yaml"
)

// The life that the conformance tests give to nearly every kind: found in
// discovery, created strictly, read, listed, watched, updated, patched in all
// four ways, the same for its status, deleted alone and by label.

//go:embed kinds.yaml
var kindsFile []byte

type kindRow struct {
	API, Kind, Resource, Name   string
	Cluster, Single, Bare       bool
	Object, Sent, Patch, Status map[string]any
}

func kindRows() []kindRow {
	var rows []kindRow
	if err := yaml.Unmarshal(kindsFile, &rows); err != nil {
		panic(err)
	}
	return rows
}

// walks are the checks made of kinds.yaml.
func walks() []check {
	var out []check
	for _, row := range kindRows() {
		name := "life-" + row.Resource
		if group, _, _ := strings.Cut(row.API, "/"); group == "events.k8s.io" {
			name += "-new"
		}
		if row.API == "autoscaling/v1" {
			name += "-v1"
		}
		out = append(out, check{name, row.walk})
	}
	return out
}

type walker struct {
	kindRow
	client   dynamic.ResourceInterface
	all      dynamic.ResourceInterface
	object   *unstructured.Unstructured
	labelled metav1.ListOptions
}

func (row kindRow) walk(ctx context.Context, w *world) error {
	config := rest.CopyConfig(w.config)
	config.WarningHandler = rest.NoWarnings{}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	version, err := schema.ParseGroupVersion(row.API)
	if err != nil {
		return err
	}
	all := client.Resource(version.WithResource(row.Resource))
	walker := walker{kindRow: row, client: all, all: all}
	if !row.Cluster {
		walker.client = all.Namespace(w.ns)
	}
	name := row.Name
	if name == "" {
		name = "walk-" + w.ns
	}
	text, err := json.Marshal(row.Object)
	if err != nil {
		return err
	}
	fill := strings.NewReplacer("NAMESPACE", w.ns, "NAME", w.ns)
	walker.object = &unstructured.Unstructured{}
	if err := json.Unmarshal([]byte(fill.Replace(string(text))), &walker.object.Object); err != nil {
		return err
	}
	walker.object.SetAPIVersion(row.API)
	walker.object.SetKind(row.Kind)
	walker.object.SetName(fill.Replace(name))
	walker.object.SetLabels(map[string]string{"walk": w.ns})
	walker.labelled = metav1.ListOptions{LabelSelector: "walk=" + w.ns}
	if row.Resource == "pods" {
		if err := admitted(ctx, w); err != nil {
			return err
		}
	}
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"discovery", func(context.Context) error { return row.discovered(w, version) }},
		{"one object", walker.one},
		{"a collection", walker.collection},
	}
	for _, step := range steps {
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

func (row kindRow) discovered(w *world, version schema.GroupVersion) error {
	list, err := w.client.Discovery().ServerResourcesForGroupVersion(version.String())
	if err != nil {
		return err
	}
	wanted := []string{row.Resource}
	if row.Status != nil {
		wanted = append(wanted, row.Resource+"/status")
	}
	for _, name := range wanted {
		at := slices.IndexFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Name == name })
		if at < 0 {
			return fmt.Errorf("no %s in %s", name, version)
		}
		found := list.APIResources[at]
		if err := first(same("kind", found.Kind, row.Kind), same("namespaced", found.Namespaced, !row.Cluster)); err != nil {
			return err
		}
		verbs := []string{"get", "update", "patch"}
		if name == row.Resource {
			verbs = append(verbs, "create", "delete", "list", "watch")
			if row.Resource != "services" && row.Resource != "namespaces" {
				verbs = append(verbs, "deletecollection")
			}
		}
		for _, verb := range verbs {
			if !slices.Contains(found.Verbs, verb) {
				return fmt.Errorf("%s has no verb %s", name, verb)
			}
		}
	}
	if version.Group == "" {
		return nil
	}
	groups, err := w.client.Discovery().ServerGroups()
	if err != nil {
		return err
	}
	for _, group := range groups.Groups {
		if group.Name == version.Group {
			if slices.ContainsFunc(group.Versions, func(v metav1.GroupVersionForDiscovery) bool { return v.Version == version.Version }) {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is not among the groups", version)
}

func (w *walker) one(ctx context.Context) error {
	before, err := w.all.List(ctx, w.labelled)
	if err != nil {
		return err
	}
	options := w.labelled
	options.ResourceVersion = before.GetResourceVersion()
	watcher, err := w.all.Watch(ctx, options)
	if err != nil {
		return err
	}
	defer watcher.Stop()
	made, err := w.client.Create(ctx, w.object.DeepCopy(), metav1.CreateOptions{FieldValidation: "Strict"})
	if err != nil {
		return err
	}
	sent := w.object.DeepCopy().Object
	delete(sent, "stringData")
	if err := first(w.holds("created", made, sent), w.holds("created", made, w.Sent)); err != nil {
		return err
	}
	got, err := w.client.Get(ctx, made.GetName(), metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := first(same("uid", got.GetUID(), made.GetUID()), w.holds("read", got, w.Sent)); err != nil {
		return err
	}
	for what, client := range map[string]dynamic.ResourceInterface{"list": w.client, "list of all namespaces": w.all} {
		list, err := client.List(ctx, w.labelled)
		if err != nil {
			return err
		}
		if err := same("objects in the "+what, len(list.Items), 1); err != nil {
			return err
		}
		if err := same("kind of the "+what, list.GetKind(), w.Kind+"List"); err != nil {
			return err
		}
	}
	if err := w.change(ctx, "", w.Patch); err != nil {
		return err
	}
	if w.Status != nil {
		if err := w.change(ctx, "status", map[string]any{"status": w.Status}); err != nil {
			return err
		}
	}
	if err := w.client.Delete(ctx, made.GetName(), metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := w.gone(ctx); err != nil {
		return err
	}
	return w.events(ctx, watcher, made)
}

// change updates the object and patches it in the four ways, and wants to see each.
func (w *walker) change(ctx context.Context, subresource string, content map[string]any) error {
	var subresources []string
	if subresource != "" {
		subresources = []string{subresource}
	}
	version := 0
	updated := map[string]any{}
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		object, err := w.client.Get(ctx, w.object.GetName(), metav1.GetOptions{}, subresources...)
		if err != nil {
			return err
		}
		version, err = strconv.Atoi(object.GetResourceVersion())
		if err != nil {
			return err
		}
		merge(object.Object, content)
		merge(object.Object, w.note("updated", subresource))
		updated = object.DeepCopy().Object
		got, err := w.client.Update(ctx, object, metav1.UpdateOptions{}, subresources...)
		if err != nil {
			return err
		}
		now, err := strconv.Atoi(got.GetResourceVersion())
		if err != nil {
			return err
		}
		if now <= version {
			return fmt.Errorf("the update left resource version %d at %d", version, now)
		}
		return first(w.holds("updated", got, content), w.holds("updated", got, w.note("updated", subresource)))
	})
	if err != nil {
		return fmt.Errorf("update %s: %w (sent %s)", subresource, err, brief(updated))
	}
	force := true
	for _, kind := range []types.PatchType{types.MergePatchType, types.StrategicMergePatchType, types.JSONPatchType, types.ApplyPatchType} {
		wanted := w.note("patched", subresource)
		merge(wanted, content)
		var body any = wanted
		options := metav1.PatchOptions{FieldValidation: "Strict"}
		switch kind {
		case types.JSONPatchType:
			body = []any{}
			if !w.Bare || subresource == "" {
				body = []any{map[string]any{"op": "add", "path": "/metadata/annotations/patched" + subresource, "value": "true"}}
			}
			if status, has := content["status"]; has {
				body = append(body.([]any), map[string]any{"op": "replace", "path": "/status", "value": status})
			}
		case types.ApplyPatchType:
			wanted["apiVersion"], wanted["kind"] = w.API, w.Kind
			merge(wanted, map[string]any{"metadata": map[string]any{"name": w.object.GetName()}})
			options.FieldManager, options.Force = "walk", &force
		}
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		got, err := w.client.Patch(ctx, w.object.GetName(), kind, text, options, subresources...)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", kind, subresource, err)
		}
		if err := w.holds(string(kind)+" of "+subresource, got, wanted); err != nil {
			return err
		}
		if subresource != "" {
			if got, err = w.client.Get(ctx, w.object.GetName(), metav1.GetOptions{}, subresource); err != nil {
				return err
			}
		}
		// The next way has to make it again.
		if _, err := w.client.Patch(ctx, w.object.GetName(), types.MergePatchType,
			[]byte(`{"metadata":{"annotations":{"patched`+subresource+`":null}}}`), metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// events wants the object's own events, in their order.
func (w *walker) events(ctx context.Context, watcher watch.Interface, made *unstructured.Unstructured) error {
	last := 0
	for i := 0; ; i++ {
		event, err := next(ctx, watcher)
		if err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
		object, right := event.Object.(*unstructured.Unstructured)
		if !right {
			return fmt.Errorf("event %d is %s %T", i, event.Type, event.Object)
		}
		version, err := strconv.Atoi(object.GetResourceVersion())
		if err != nil {
			return err
		}
		if version <= last {
			return fmt.Errorf("event %d has resource version %d after %d", i, version, last)
		}
		last = version
		if err := same("uid", object.GetUID(), made.GetUID()); err != nil {
			return err
		}
		switch {
		case i == 0:
			if err := same("first event", event.Type, watch.Added); err != nil {
				return err
			}
		case event.Type == watch.Deleted:
			if i < 3 {
				return fmt.Errorf("only %d events", i)
			}
			return nil
		case event.Type != watch.Modified:
			return fmt.Errorf("event %d is %s", i, event.Type)
		}
	}
}

func (w *walker) collection(ctx context.Context) error {
	if w.Single {
		return nil
	}
	for _, name := range []string{"a", "b", "c"} {
		object := w.object.DeepCopy()
		object.SetName(name + "-" + w.object.GetName())
		if _, err := w.client.Create(ctx, object, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	other := w.object.DeepCopy()
	other.SetLabels(map[string]string{"walk": "other-" + w.labelled.LabelSelector[len("walk="):]})
	if _, err := w.client.Create(ctx, other, metav1.CreateOptions{}); err != nil {
		return err
	}
	if w.Resource != "services" {
		if err := w.client.DeleteCollection(ctx, metav1.DeleteOptions{}, w.labelled); err != nil {
			return err
		}
	} else {
		for _, name := range []string{"a", "b", "c"} {
			if err := w.client.Delete(ctx, name+"-"+w.object.GetName(), metav1.DeleteOptions{}); err != nil {
				return err
			}
		}
	}
	if err := w.gone(ctx); err != nil {
		return err
	}
	// What has other labels stays.
	if _, err := w.client.Get(ctx, other.GetName(), metav1.GetOptions{}); err != nil {
		return err
	}
	return w.client.Delete(ctx, other.GetName(), metav1.DeleteOptions{})
}

// gone waits until nothing with the label is left; finalizers without a controller are taken away.
func (w *walker) gone(ctx context.Context) error {
	return eventually(ctx, "the objects are gone", func(ctx context.Context) (bool, error) {
		list, err := w.all.List(ctx, w.labelled)
		if err != nil {
			return false, err
		}
		for _, item := range list.Items {
			if item.GetDeletionTimestamp() == nil {
				return false, fmt.Errorf("%s is not deleted", item.GetName())
			}
		}
		return len(list.Items) == 0, nil
	})
}

// holds wants all of expected to be in the object.
func (w *walker) holds(what string, object *unstructured.Unstructured, expected map[string]any) error {
	if path := missing(expected, object.Object, ""); path != "" {
		return fmt.Errorf("%s: %s in %s", what, path, brief(object.Object))
	}
	return nil
}

// missing tells the first place where got does not hold what is expected.
func missing(expected, got any, path string) string {
	switch expected := expected.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for key, value := range expected {
			if found := missing(value, got[key], path+"."+key); found != "" {
				return found
			}
		}
	case []any:
		got, _ := got.([]any)
		for i, value := range expected {
			if i >= len(got) {
				return fmt.Sprintf("%s[%d] is missing", path, i)
			}
			if found := missing(value, got[i], fmt.Sprintf("%s[%d]", path, i)); found != "" {
				return found
			}
		}
	default:
		if fmt.Sprint(expected) != fmt.Sprint(got) && !reflect.DeepEqual(expected, got) {
			return fmt.Sprintf("%s is %v, want %v", path, got, expected)
		}
	}
	return ""
}

// note is an annotation that tells of a change, where the kind takes one.
func (w *walker) note(what, subresource string) map[string]any {
	if w.Bare && subresource != "" {
		return map[string]any{}
	}
	return map[string]any{"metadata": map[string]any{"annotations": map[string]any{what + subresource: "true"}}}
}

func merge(into, from map[string]any) {
	for key, value := range from {
		inner, right := value.(map[string]any)
		if there, has := into[key].(map[string]any); right && has {
			merge(there, inner)
		} else if right {
			fresh := map[string]any{}
			merge(fresh, inner)
			into[key] = fresh
		} else {
			into[key] = value
		}
	}
}

func brief(object any) string {
	text, _ := json.Marshal(object)
	return string(text)
}

// refused wants an error whose message holds words.
func refused(what string, err error, words string) error {
	if err == nil {
		return fmt.Errorf("%s was not refused", what)
	}
	if !strings.Contains(err.Error(), words) {
		return fmt.Errorf("%s was refused without %q: %w", what, words, err)
	}
	return nil
}

func absent(err error) bool { return apierrors.IsNotFound(err) }
