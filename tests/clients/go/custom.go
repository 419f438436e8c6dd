package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

var definitionsResource = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// custom are the checks of custom resources.
var custom = []check{
	{"crd-field-validation", crdFieldValidation},
	{"crd-defaulting", crdDefaulting},
	{"crd-collection", crdCollection},
	{"crd-watch", crdWatch},
	{"crd-rules", crdRules},
	{"crd-ratcheting", crdRatcheting},
	{"crd-selectable-fields", crdSelectableFields},
	{"crd-publishes-openapi", crdPublishesOpenAPI},
	{"crd-publishes-openapi-v3", crdPublishesOpenAPIV3},
	{"crd-aggregated-discovery", crdAggregatedDiscovery},
}

// A definition makes a custom resource named by its namespace of a test.
type definition struct {
	group, plural, kind string
	scope               string
	versions            []map[string]any
}

func version(name, schemaText string, more map[string]any) map[string]any {
	var props map[string]any
	if err := yaml.Unmarshal([]byte(schemaText), &props); err != nil {
		panic(err)
	}
	out := map[string]any{"name": name, "served": true, "storage": false, "schema": map[string]any{"openAPIV3Schema": props}}
	for key, value := range more {
		out[key] = value
	}
	return out
}

func (d definition) object() *unstructured.Unstructured {
	var versions []any
	for i, version := range d.versions {
		version["storage"] = i == 0
		versions = append(versions, version)
	}
	if d.scope == "" {
		d.scope = "Namespaced"
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": d.plural + "." + d.group},
		"spec": map[string]any{
			"group": d.group, "scope": d.scope, "versions": versions,
			"names": map[string]any{"plural": d.plural, "singular": strings.TrimSuffix(d.plural, "s"), "kind": d.kind, "listKind": d.kind + "List"},
		},
	}}
}

// define creates the definition and waits until it is served.
func define(ctx context.Context, w *world, d definition) (dynamic.NamespaceableResourceInterface, func(), error) {
	client, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return nil, nil, err
	}
	made, err := client.Resource(definitionsResource).Create(ctx, d.object(), metav1.CreateOptions{FieldValidation: "Strict"})
	if err != nil {
		return nil, nil, err
	}
	done := func() {
		_ = client.Resource(definitionsResource).Delete(context.WithoutCancel(ctx), made.GetName(), metav1.DeleteOptions{})
	}
	gvr := schema.GroupVersionResource{Group: d.group, Version: d.versions[0]["name"].(string), Resource: d.plural}
	err = eventually(ctx, gvr.String()+" is served", func(ctx context.Context) (bool, error) {
		_, err := client.Resource(gvr).List(ctx, metav1.ListOptions{})
		if absent(err) {
			return false, nil
		}
		return err == nil, err
	})
	return client.Resource(gvr), done, err
}

const fooSchema = `
description: Foo CRD for Testing
type: object
properties:
  spec:
    type: object
    description: Specification of Foo
    properties:
      bars:
        description: List of Bars and their specs.
        type: array
        items:
          type: object
          required: [name]
          properties:
            name: {description: Name of Bar., type: string}
            age: {description: Age of Bar., type: string}
            bazs: {description: List of Bazs., type: array, items: {type: string}}
  status:
    description: Status of Foo
    type: object
`

const anything = `{type: object, x-kubernetes-preserve-unknown-fields: true}`

func crdFieldValidation(ctx context.Context, w *world) error {
	const strict = `
type: object
properties:
  spec:
    type: object
    PRESERVE
    properties:
      foo: {type: string}
      cronSpec: {type: string, pattern: '^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$'}
      template:
        type: object
        x-kubernetes-embedded-resource: true
        properties:
          metadata: {type: object, properties: {name: {type: string}}}
          spec: {type: object}
      ports:
        type: array
        x-kubernetes-list-type: map
        x-kubernetes-list-map-keys: [containerPort, protocol]
        items:
          type: object
          required: [containerPort, protocol]
          properties: {containerPort: {type: integer, format: int32}, protocol: {type: string}, name: {type: string}}
`
	const body = `
apiVersion: GROUP/v1
kind: Noxu
metadata:
  name: mytest
  META
  finalizers:
  - test-finalizer
TOP
spec:
  foo: foo1
  SPEC
  cronSpec: "* * * * */5"
  ports:
  - {name: x, containerPort: 80, protocol: TCP}
`
	preserving := strings.Replace(strict, "PRESERVE", "x-kubernetes-preserve-unknown-fields: true", 1)
	closed := strings.Replace(strict, "PRESERVE", "", 1)
	for i, row := range []struct{ what, schema, meta, top, spec, refusal string }{
		{what: "valid", schema: closed},
		{what: "unknown fields without a schema", schema: anything, spec: "unknown: uk1"},
		{what: "unknown fields", schema: closed, top: "unknownField: unknown", refusal: `.unknownField: field not declared in schema`},
		{what: "unknown metadata", schema: preserving, meta: "unknownMeta: unknown", refusal: `.metadata.unknownMeta: field not declared in schema`},
		{what: "unknown embedded metadata", schema: preserving,
			spec: `template: {apiVersion: foo/v1, kind: Sub, metadata: {unknownSubMeta: unknown, name: subobject}}`, refusal: `.spec.template.metadata.unknownSubMeta: field not declared in schema`},
		{what: "duplicates", schema: preserving, spec: "foo: foo2", refusal: `line 10: key "foo" already set in map`},
	} {
		group := fmt.Sprintf("v%d.%s.example.com", i, w.ns)
		_, done, err := define(ctx, w, definition{group: group, plural: "noxus", kind: "Noxu", scope: "Cluster", versions: []map[string]any{version("v1", row.schema, nil)}})
		if err != nil {
			return err
		}
		text := strings.NewReplacer("GROUP", group, "  META\n", optional("  ", row.meta), "TOP\n", optional("", row.top), "  SPEC\n", optional("  ", row.spec)).Replace(body)
		answer, err := w.client.CoreV1().RESTClient().Patch(types.ApplyPatchType).AbsPath("/apis", group, "v1", "noxus").Name("mytest").
			Param("fieldManager", "mgr").Param("fieldValidation", "Strict").Body([]byte(text)).DoRaw(ctx)
		if row.refusal == "" && err != nil {
			return fmt.Errorf("%s: %w", row.what, err)
		}
		if row.refusal != "" {
			var status metav1.Status
			if err == nil || json.Unmarshal(answer, &status) != nil || !strings.Contains(status.Message, row.refusal) {
				return fmt.Errorf("%s: %v, %s", row.what, err, answer)
			}
		}
		done()
	}
	return nil
}

func optional(indent, line string) string {
	if line == "" {
		return ""
	}
	return indent + line + "\n"
}

func sample(d definition, name string, content map[string]any) *unstructured.Unstructured {
	object := map[string]any{"apiVersion": d.group + "/" + d.versions[0]["name"].(string), "kind": d.kind, "metadata": map[string]any{"name": name}}
	for key, value := range content {
		object[key] = value
	}
	return &unstructured.Unstructured{Object: object}
}

// crdDefaulting adds and takes away defaults under objects that are stored.
func crdDefaulting(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "defaults", kind: "Default", scope: "Cluster", versions: []map[string]any{
		version("v1", `{type: object, properties: {a: {type: string}, b: {type: string}}}`, nil),
	}}
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	if _, err := client.Create(ctx, sample(d, "one", nil), metav1.CreateOptions{}); err != nil {
		return err
	}
	definitions, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	path := "/spec/versions/0/schema/openAPIV3Schema/properties/"
	for _, step := range []struct{ patch, object, a, b string }{
		{`{"op":"add","path":"` + path + `a/default","value":"A"}`, "one", "A", ""},
		{`{"op":"remove","path":"` + path + `a/default"},{"op":"add","path":"` + path + `b/default","value":"B"}`, "two", "A", "B"},
	} {
		if _, err := definitions.Resource(definitionsResource).Patch(ctx, d.plural+"."+d.group, types.JSONPatchType, []byte("["+step.patch+"]"), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := eventually(ctx, "defaults of "+step.object, func(ctx context.Context) (bool, error) {
			got, err := client.Get(ctx, step.object, metav1.GetOptions{})
			if err != nil {
				return false, err
			}
			return fmt.Sprint(got.Object["a"]) == orNil(step.a) && fmt.Sprint(got.Object["b"]) == orNil(step.b), nil
		}); err != nil {
			return err
		}
		if step.object == "one" {
			if _, err := client.Create(ctx, sample(d, "two", nil), metav1.CreateOptions{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func orNil(text string) string {
	if text == "" {
		return "<nil>"
	}
	return text
}

func crdCollection(ctx context.Context, w *world) error {
	client, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	definitions := client.Resource(definitionsResource)
	options := metav1.ListOptions{LabelSelector: "collection=" + w.ns}
	for i := range 10 {
		d := definition{group: w.ns + ".example.com", plural: fmt.Sprintf("things%ds", i), kind: fmt.Sprintf("Things%d", i), versions: []map[string]any{version("v1", anything, nil)}}
		object := d.object()
		object.SetLabels(map[string]string{"collection": w.ns})
		if _, err := definitions.Create(ctx, object, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	list, err := definitions.List(ctx, options)
	if err != nil {
		return err
	}
	if err := same("definitions", len(list.Items), 10); err != nil {
		return err
	}
	if err := definitions.DeleteCollection(ctx, metav1.DeleteOptions{}, options); err != nil {
		return err
	}
	return eventually(ctx, "no definition is left", func(ctx context.Context) (bool, error) {
		list, err := definitions.List(ctx, options)
		return err == nil && len(list.Items) == 0, err
	})
}

// crdWatch follows two custom objects by name, as their definition's clients do.
func crdWatch(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "watched", kind: "Watched", scope: "Cluster", versions: []map[string]any{version("v1beta1", anything, nil)}}
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	for _, name := range []string{"a", "b"} {
		watcher, err := client.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + name})
		if err != nil {
			return err
		}
		if _, err := client.Create(ctx, sample(d, name, map[string]any{"content": map[string]any{"k": "v"}}), metav1.CreateOptions{}); err != nil {
			return err
		}
		if _, err := client.Patch(ctx, name, types.JSONPatchType, []byte(`[{"op":"add","path":"/dummy","value":"test"}]`), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := client.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return err
		}
		for i, want := range []watch.EventType{watch.Added, watch.Modified, watch.Deleted} {
			event, err := next(ctx, watcher)
			if err != nil {
				return err
			}
			if err := same(fmt.Sprintf("event %d", i), event.Type, want); err != nil {
				return err
			}
		}
		watcher.Stop()
	}
	return nil
}

func crdRules(ctx context.Context, w *world) error {
	const rules = `
type: object
properties:
  spec:
    type: object
    x-kubernetes-validations: [RULES]
    properties:
      x: {type: integer}
      "y": {type: integer}
      list: {type: array, LIMIT items: {type: string, x-kubernetes-validations: [{rule: "self.contains('longer than it costs')"}]}}
  status:
    type: object
    x-kubernetes-validations: [{rule: "self.health == 'ok' || self.health == 'unhealthy'"}]
    properties: {health: {type: string}}
`
	build := func(rule, limit string) definition {
		text := strings.NewReplacer("RULES", rule, "LIMIT", limit).Replace(rules)
		return definition{group: w.ns + ".example.com", plural: "rules", kind: "Rule", versions: []map[string]any{version("v1", text, nil)}}
	}
	for rule, refusal := range map[string]string{
		`{rule: "self.z == 100"}`: "undefined field 'z'",
		`{rule: "self = 42"}`:     "Syntax error",
		`{rule: "self.list.exists(a, self.list.exists(b, self.list.exists(c, a == b + c)))"}`: "estimated rule cost exceeds budget",
	} {
		_, done, err := define(ctx, w, build(rule, ""))
		if err == nil {
			done()
		}
		if err := refused(rule, err, refusal); err != nil {
			return err
		}
	}
	d := build(`{rule: "self.x + self.y > 0"}, {rule: "self.x >= oldSelf.x"}`, "maxItems: 10,")
	// The rule of each entry is cheap enough only where the entries are bounded.
	d.versions[0] = version("v1", strings.Replace(strings.NewReplacer("RULES", `{rule: "self.x + self.y > 0"}, {rule: "self.x >= oldSelf.x"}`, "LIMIT", "maxItems: 10,").Replace(rules),
		"items: {type: string,", "items: {type: string, maxLength: 20,", 1), nil)
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	space := client.Namespace(w.ns)
	if _, err := space.Create(ctx, sample(d, "good", map[string]any{"spec": map[string]any{"x": int64(1), "y": int64(0)}}), metav1.CreateOptions{}); err != nil {
		return err
	}
	_, err = space.Create(ctx, sample(d, "bad", map[string]any{"spec": map[string]any{"x": int64(0), "y": int64(0)}}), metav1.CreateOptions{})
	if err := refused("an object against its rule", err, "failed rule"); err != nil {
		return err
	}
	_, err = space.Patch(ctx, "good", types.MergePatchType, []byte(`{"spec":{"x":0,"y":5}}`), metav1.PatchOptions{})
	return refused("a change against its rule", err, "failed rule")
}

// crdRatcheting lets a value that a newer schema refuses stay as it is.
func crdRatcheting(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "ratchets", kind: "Ratchet", versions: []map[string]any{
		version("v1", `{type: object, properties: {field: {type: string}, struct: {type: object, properties: {field: {type: string}}}, other: {type: string}}}`, nil),
	}}
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	space := client.Namespace(w.ns)
	if _, err := space.Create(ctx, sample(d, "one", map[string]any{"field": "foo", "struct": map[string]any{"field": "bar"}}), metav1.CreateOptions{}); err != nil {
		return err
	}
	definitions, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	path := "/spec/versions/0/schema/openAPIV3Schema/properties/"
	if _, err := definitions.Resource(definitionsResource).Patch(ctx, d.plural+"."+d.group, types.JSONPatchType, []byte(`[
		{"op":"add","path":"`+path+`field/maxLength","value":2},
		{"op":"add","path":"`+path+`struct/properties/field/enum","value":["x"]},
		{"op":"add","path":"`+path+`other/maxLength","value":3}]`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, "the new schema holds", func(ctx context.Context) (bool, error) {
		_, err := space.Create(ctx, sample(d, "probe", map[string]any{"field": "long"}), metav1.CreateOptions{DryRun: []string{"All"}})
		return err != nil, nil
	}); err != nil {
		return err
	}
	if _, err := space.Patch(ctx, "one", types.MergePatchType, []byte(`{"other":"ok"}`), metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("a change beside values that are no longer valid: %w", err)
	}
	_, err = space.Patch(ctx, "one", types.MergePatchType, []byte(`{"field":"fool"}`), metav1.PatchOptions{})
	if err := refused("a change of such a value", err, "may not be more than 2 bytes"); err != nil {
		return refused("a change of such a value", err, "Too long")
	}
	return nil
}

func crdSelectableFields(ctx context.Context, w *world) error {
	fields := map[string]any{"selectableFields": []any{map[string]any{"jsonPath": ".spec.color"}, map[string]any{"jsonPath": ".spec.quantity"}}}
	d := definition{group: w.ns + ".example.com", plural: "shirts", kind: "Shirt", versions: []map[string]any{
		version("v1", `{type: object, properties: {spec: {type: object, properties: {color: {type: string}, quantity: {type: integer}}}}}`, fields),
	}}
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	space := client.Namespace(w.ns)
	watcher, err := space.Watch(ctx, metav1.ListOptions{FieldSelector: "spec.color=blue,spec.quantity=2"})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	for i, color := range []string{"blue", "green", "blue"} {
		shirt := sample(d, fmt.Sprintf("s%d", i), map[string]any{"spec": map[string]any{"color": color, "quantity": int64(2 - i%2)}})
		if _, err := space.Create(ctx, shirt, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	list, err := space.List(ctx, metav1.ListOptions{FieldSelector: "spec.color=blue,spec.quantity=2"})
	if err != nil {
		return err
	}
	if err := same("blue shirts", len(list.Items), 2); err != nil {
		return err
	}
	if _, err := space.Patch(ctx, "s0", types.MergePatchType, []byte(`{"spec":{"color":"green"}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	for i, want := range []watch.EventType{watch.Added, watch.Added, watch.Deleted} {
		event, err := next(ctx, watcher)
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("event %d", i), event.Type, want); err != nil {
			return err
		}
	}
	if err := space.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "spec.color=blue"}); err != nil {
		return err
	}
	if list, err = space.List(ctx, metav1.ListOptions{}); err != nil {
		return err
	}
	return same("shirts that are not blue", len(list.Items), 2)
}

// openAPIDefinitions reads /openapi/v2 as it is, without client-go's cache.
func openAPIDefinitions(ctx context.Context, w *world) (map[string]map[string]any, error) {
	transport, err := rest.TransportFor(w.config)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.config.Host+"/openapi/v2", nil)
	if err != nil {
		return nil, err
	}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("ETag") == "" {
		return nil, fmt.Errorf("/openapi/v2: %d, ETag %q", answer.StatusCode, answer.Header.Get("ETag"))
	}
	var document struct{ Definitions map[string]map[string]any }
	return document.Definitions, json.Unmarshal(text, &document)
}

func definitionName(d definition, version string) string {
	labels := strings.Split(d.group, ".")
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(append(labels, version, d.kind), ".")
}

// published waits until the definition stands in the document as the schema is, or is absent from it.
func published(ctx context.Context, w *world, d definition, version, schemaText string) error {
	name := definitionName(d, version)
	last := ""
	err := eventually(ctx, "OpenAPI has "+name, func(ctx context.Context) (bool, error) {
		all, err := openAPIDefinitions(ctx, w)
		if err != nil {
			return false, err
		}
		got, has := all[name]
		if schemaText == "" {
			return !has, nil
		}
		if !has {
			return false, nil
		}
		var want map[string]any
		if err := yaml.Unmarshal([]byte(schemaText), &want); err != nil {
			return false, err
		}
		delete(got, "x-kubernetes-group-version-kind")
		if properties, has := got["properties"].(map[string]any); has {
			for _, added := range []string{"metadata", "apiVersion", "kind"} {
				delete(properties, added)
			}
			if len(properties) == 0 {
				delete(got, "properties")
			}
		}
		last = fmt.Sprintf("is %s, want %s", brief(got), brief(want))
		return brief(got) == brief(want), nil
	})
	if err != nil {
		return fmt.Errorf("%w; %s", err, last)
	}
	return nil
}

func crdPublishesOpenAPI(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "foos", kind: "Foo", versions: []map[string]any{version("v2", fooSchema, nil), version("v3", fooSchema, nil)}}
	_, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	other := definition{group: d.group, plural: "waldos", kind: "Waldo", versions: []map[string]any{version("v2", anything, nil)}}
	_, otherDone, err := define(ctx, w, other)
	if err != nil {
		return err
	}
	if err := first(published(ctx, w, d, "v2", fooSchema), published(ctx, w, d, "v3", fooSchema), published(ctx, w, other, "v2", `{type: object}`)); err != nil {
		return err
	}
	otherDone()
	if err := published(ctx, w, other, "v2", ""); err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	for _, step := range []struct{ patch, gone, there string }{
		{`[{"op":"test","path":"/spec/versions/1/name","value":"v3"},{"op":"replace","path":"/spec/versions/1/name","value":"v4"}]`, "v3", "v4"},
		{`[{"op":"replace","path":"/spec/versions/1/served","value":false}]`, "v4", "v2"},
	} {
		if _, err := client.Resource(definitionsResource).Patch(ctx, d.plural+"."+d.group, types.JSONPatchType, []byte(step.patch), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := first(published(ctx, w, d, step.there, fooSchema), published(ctx, w, d, step.gone, ""), published(ctx, w, d, "v2", fooSchema)); err != nil {
			return err
		}
	}
	return nil
}

func crdPublishesOpenAPIV3(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "foos", kind: "Foo", versions: []map[string]any{version("v1", fooSchema, nil)}}
	_, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	return eventually(ctx, "OpenAPI v3 has the group", func(context.Context) (bool, error) {
		paths, err := w.client.Discovery().OpenAPIV3().Paths()
		if err != nil {
			return false, err
		}
		path, has := paths["apis/"+d.group+"/v1"]
		if !has {
			return false, nil
		}
		text, err := path.Schema("application/json")
		if err != nil {
			return false, err
		}
		var document struct {
			OpenAPI    string
			Components struct{ Schemas map[string]any }
			Paths      map[string]any
		}
		if err := json.Unmarshal(text, &document); err != nil {
			return false, err
		}
		_, has = document.Components.Schemas[definitionName(d, "v1")]
		return has && strings.HasPrefix(document.OpenAPI, "3.0"), nil
	})
}

func crdAggregatedDiscovery(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "testcrds", kind: "testcrd", versions: []map[string]any{version("v1", anything, nil)}}
	_, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	return eventually(ctx, "aggregated discovery has the group", func(ctx context.Context) (bool, error) {
		found, err := aggregated(ctx, w, "/apis")
		if err != nil {
			return false, err
		}
		return found[d.group+"/v1/testcrds"], nil
	})
}
