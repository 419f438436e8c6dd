// field-manager answers, a line for a line, what upstream's libraries make of
// what is sent about built-in kinds: strategic merges, server-side applies, the
// managers that updates leave, and what is decoded.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// question is a line of the input.
type question struct {
	// strategic, apply, update or decode.
	Do string `json:"do"`
	// The object as it is; its kind is that of all.
	Live tree `json:"live"`
	// A patch, an applied configuration or the updated object.
	Sent    tree   `json:"sent"`
	Manager string `json:"manager"`
	Force   bool   `json:"force"`
	// What is to be decoded, and its media type.
	Text string `json:"text"`
	Type string `json:"type"`
}

// tree is an object with numbers as the server reads them.
type tree map[string]any

func (t *tree) UnmarshalJSON(data []byte) error {
	return utiljson.Unmarshal(data, (*map[string]any)(t))
}

type answer struct {
	Object any            `json:"object,omitempty"`
	Error  string         `json:"error,omitempty"`
	Status *metav1.Status `json:"status,omitempty"`
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		if err := out.Encode(answered(line)); err != nil {
			return
		}
	}
}

func answered(line []byte) (said answer) {
	defer func() {
		if r := recover(); r != nil {
			said = answer{Error: fmt.Sprint("panic: ", r)}
		}
	}()
	object, err := asked(line)
	if err == nil {
		return answer{Object: object}
	}
	said.Error = err.Error()
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		told := status.Status()
		said.Status = &told
	}
	return said
}

func asked(line []byte) (any, error) {
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return nil, err
	}
	if q.Do == "decode" {
		return decoded(q)
	}
	live := &unstructured.Unstructured{Object: q.Live}
	kind := live.GroupVersionKind()
	if q.Do == "strategic" {
		return strategic(q, kind)
	}
	typed, err := read(kind, q.Live)
	if err != nil {
		return nil, err
	}
	version := kind.GroupVersion().String()
	reset := map[fieldpath.APIVersion]fieldpath.Filter{
		fieldpath.APIVersion(version): fieldpath.NewExcludeSetFilter(fieldpath.NewSet(fieldpath.MakePathOrDie("status"))),
	}
	manager, err := managedfields.NewDefaultFieldManager(
		applyconfigurations.NewTypeConverter(scheme.Scheme),
		scheme.Scheme, scheme.Scheme, scheme.Scheme, kind, kind.GroupVersion(), "", reset)
	if err != nil {
		return nil, err
	}
	switch q.Do {
	case "apply":
		data, err := json.Marshal(q.Sent)
		if err != nil {
			return nil, err
		}
		sent := &unstructured.Unstructured{}
		if err := sent.UnmarshalJSON(data); err != nil {
			return nil, err
		}
		return manager.Apply(typed, sent, q.Manager, q.Force)
	case "update":
		sent, err := read(kind, q.Sent)
		if err != nil {
			return nil, err
		}
		return manager.Update(typed, sent, q.Manager)
	}
	return nil, fmt.Errorf("unknown: %q", q.Do)
}

func read(kind schema.GroupVersionKind, given map[string]any) (runtime.Object, error) {
	data, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	object, err := scheme.Scheme.New(kind)
	if err != nil {
		return nil, err
	}
	return object, json.Unmarshal(data, object)
}

func decoded(q question) (any, error) {
	codecs := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict)
	info, known := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), q.Type)
	if !known {
		return nil, fmt.Errorf("unknown type %q", q.Type)
	}
	object, _, err := info.StrictSerializer.Decode([]byte(q.Text), nil, nil)
	return object, err
}

func strategic(q question, kind schema.GroupVersionKind) (any, error) {
	object, err := scheme.Scheme.New(kind)
	if err != nil {
		return nil, err
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(object)
	if err != nil {
		return nil, err
	}
	return strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(strategicpatch.JSONMap(q.Live), strategicpatch.JSONMap(q.Sent), meta)
}
