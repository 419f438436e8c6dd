package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	apidiscoveryv2 "k8s.io/api/apidiscovery/v2"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// reading are the checks of what is read of any server: what it serves, tables, pages, watches.
var reading = []check{
	{"server-version", serverVersion},
	{"preferred-versions", preferredVersions},
	{"aggregated-discovery", aggregatedDiscovery},
	{"tables", tables},
	{"typed-field-validation", typedFieldValidation},
	{"chunks", chunks},
	{"watch-restarted", watchRestarted},
	{"watch-consistent", watchConsistent},
}

func serverVersion(_ context.Context, w *world) error {
	version, err := w.client.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	number := regexp.MustCompile(`^[0-9]+$`)
	if !number.MatchString(version.Major) || !number.MatchString(version.Minor) {
		return fmt.Errorf("the version is %s.%s", version.Major, version.Minor)
	}
	return nil
}

func preferredVersions(ctx context.Context, w *world) error {
	var list metav1.APIGroupList
	if err := w.client.Discovery().RESTClient().Get().AbsPath("/apis/").Do(ctx).Into(&list); err != nil {
		return err
	}
	for _, group := range list.Groups {
		if strings.HasSuffix(group.Name, ".example.com") || strings.HasSuffix(group.Name, ".example.org") {
			continue
		}
		var alone metav1.APIGroup
		if err := w.client.Discovery().RESTClient().Get().AbsPath("/apis/" + group.Name).Do(ctx).Into(&alone); err != nil {
			return err
		}
		if err := same("preferred version of "+group.Name, alone.PreferredVersion.GroupVersion, group.PreferredVersion.GroupVersion); err != nil {
			return err
		}
		if !slices.ContainsFunc(group.Versions, func(v metav1.GroupVersionForDiscovery) bool { return v == group.PreferredVersion }) {
			return fmt.Errorf("%s prefers %v, which it does not serve", group.Name, group.PreferredVersion)
		}
		for _, version := range group.Versions {
			resources, err := w.client.Discovery().ServerResourcesForGroupVersion(version.GroupVersion)
			if err != nil {
				return err
			}
			if err := same("group version", resources.GroupVersion, version.GroupVersion); err != nil {
				return err
			}
			if len(resources.APIResources) == 0 {
				return fmt.Errorf("%s has no resources", version.GroupVersion)
			}
		}
	}
	return nil
}

// aggregated reads "group/version/resource" of all of one aggregated document.
func aggregated(ctx context.Context, w *world, path string) (map[string]bool, error) {
	text, err := w.client.Discovery().RESTClient().Get().AbsPath(path).
		SetHeader("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList").Do(ctx).Raw()
	if err != nil {
		return nil, err
	}
	var list apidiscoveryv2.APIGroupDiscoveryList
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, group := range list.Items {
		for _, version := range group.Versions {
			for _, resource := range version.Resources {
				found[group.Name+"/"+version.Version+"/"+resource.Resource] = true
			}
		}
	}
	return found, nil
}

func aggregatedDiscovery(ctx context.Context, w *world) error {
	found, err := aggregated(ctx, w, "/apis")
	if err != nil {
		return err
	}
	legacy, err := aggregated(ctx, w, "/api")
	if err != nil {
		return err
	}
	for _, row := range kindRows() {
		if name := row.API + "/" + row.Resource; !found[name] && !legacy["/"+name] {
			return fmt.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"authentication.k8s.io/v1/tokenreviews", "authorization.k8s.io/v1/selfsubjectaccessreviews"} {
		if !found[name] {
			return fmt.Errorf("%s is missing", name)
		}
	}
	return nil
}

func tables(ctx context.Context, w *world) error {
	const accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
	if err := admitted(ctx, w); err != nil {
		return err
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "pod-1"}, Spec: corev1.PodSpec{NodeSelector: map[string]string{"no": "node"}, Containers: []corev1.Container{{Name: "c", Image: "i"}}}}
	if _, err := w.client.CoreV1().Pods(w.ns).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return err
	}
	var table metav1.Table
	if err := w.client.CoreV1().RESTClient().Get().Resource("pods").Namespace(w.ns).Name("pod-1").SetHeader("Accept", accept).Do(ctx).Into(&table); err != nil {
		return err
	}
	if len(table.ColumnDefinitions) <= 2 || len(table.Rows) != 1 || len(table.Rows[0].Cells) <= 2 {
		return fmt.Errorf("the pod's table is %s", brief(table))
	}
	if err := first(same("column", table.ColumnDefinitions[0].Name, "Name"), same("cell", table.Rows[0].Cells[0], any("pod-1"))); err != nil {
		return err
	}
	for i := range 20 {
		if _, err := w.client.CoreV1().PodTemplates(w.ns).Create(ctx, template(fmt.Sprintf("t%02d", i)), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	more, rows := "", 0
	for range 2 {
		var page metav1.Table
		if err := w.client.CoreV1().RESTClient().Get().Namespace(w.ns).Resource("podtemplates").
			VersionedParams(&metav1.ListOptions{Limit: 12, Continue: more}, metav1.ParameterCodec).SetHeader("Accept", accept).Do(ctx).Into(&page); err != nil {
			return err
		}
		more, rows = page.Continue, rows+len(page.Rows)
		if page.ResourceVersion == "" {
			return fmt.Errorf("a page has no resource version")
		}
	}
	if err := first(same("rows", rows, 20), same("token after the last", more, "")); err != nil {
		return err
	}
	// A review has no such form.
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{NonResourceAttributes: &authorizationv1.NonResourceAttributes{Path: "/", Verb: "get"}}}
	err := w.client.AuthorizationV1().RESTClient().Post().Resource("selfsubjectaccessreviews").SetHeader("Accept", accept).Body(review).Do(ctx).Into(&metav1.Table{})
	status, right := err.(apierrors.APIStatus)
	if !right || status.Status().Code != 406 {
		return fmt.Errorf("a table of a review: %v", err)
	}
	return nil
}

func typedFieldValidation(ctx context.Context, w *world) error {
	const body = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"my-dep",META"labels":{"app":"nginx"}},
		"spec":{SPEC"selector":{"matchLabels":{"app":"nginx"}},"template":{"metadata":{"labels":{"app":"nginx"}},"spec":{"containers":[{"name":"nginx","image":"nginx:latest"}]}}}}`
	for _, row := range [][3]string{
		{"", `"unknownField":"foo","replicas":2,"replicas":3,`, `strict decoding error: unknown field "spec.unknownField", duplicate field "spec.replicas"`},
		{`"unknownMeta":"foo",`, "", `strict decoding error: unknown field "metadata.unknownMeta"`},
	} {
		text := strings.NewReplacer("META", row[0], "SPEC", row[1]).Replace(body)
		_, err := w.client.CoreV1().RESTClient().Post().AbsPath("/apis/apps/v1").Namespace(w.ns).Resource("deployments").
			Param("fieldManager", "mgr").Param("fieldValidation", "Strict").Body([]byte(text)).Do(ctx).Get()
		if err := refused(text, err, row[2]); err != nil {
			return err
		}
	}
	return nil
}

func template(name string) *corev1.PodTemplate {
	return &corev1.PodTemplate{ObjectMeta: metav1.ObjectMeta{Name: name}, Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "test", Image: "test2"}}}}}
}

func chunks(ctx context.Context, w *world) error {
	templates := w.client.CoreV1().PodTemplates(w.ns)
	const total = 60
	for i := range total {
		if _, err := templates.Create(ctx, template(fmt.Sprintf("template-%04d", i)), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	options := metav1.ListOptions{}
	found, version := 0, ""
	for {
		options.Limit = int64(7 + found%5)
		list, err := templates.List(ctx, options)
		if err != nil {
			return err
		}
		if version == "" {
			version = list.ResourceVersion
		}
		if err := same("resource version of a chunk", list.ResourceVersion, version); err != nil {
			return err
		}
		if int64(len(list.Items)) > options.Limit {
			return fmt.Errorf("%d items of at most %d", len(list.Items), options.Limit)
		}
		for _, item := range list.Items {
			if err := same("item", item.Name, fmt.Sprintf("template-%04d", found)); err != nil {
				return err
			}
			found++
		}
		if list.Continue == "" {
			if list.RemainingItemCount != nil {
				return fmt.Errorf("the last chunk says that %d remain", *list.RemainingItemCount)
			}
			break
		}
		if list.RemainingItemCount == nil || int(*list.RemainingItemCount)+found != total {
			return fmt.Errorf("after %d items %v remain", found, list.RemainingItemCount)
		}
		options.Continue = list.Continue
	}
	whole, err := templates.List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	return first(same("items in chunks", found, total), same("items at once", len(whole.Items), total))
}

// watchRestarted watches from versions that other watches have seen.
func watchRestarted(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	object := configMap("restarted", nil)
	object.Labels = map[string]string{"watched": "yes"}
	options := metav1.ListOptions{LabelSelector: "watched=yes"}
	versions := []string{}
	watcher, err := maps.Watch(ctx, options)
	if err != nil {
		return err
	}
	made, err := maps.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	versions = append(versions, made.ResourceVersion)
	for i := range 3 {
		changed, err := maps.Patch(ctx, made.Name, types.MergePatchType, []byte(fmt.Sprintf(`{"data":{"mutation":"%d"}}`, i)), metav1.PatchOptions{})
		if err != nil {
			return err
		}
		versions = append(versions, changed.ResourceVersion)
	}
	for i, want := range []watch.EventType{watch.Added, watch.Modified} {
		event, err := next(ctx, watcher)
		if err != nil {
			return err
		}
		if err := first(same("event", event.Type, want), same("version", event.Object.(*corev1.ConfigMap).ResourceVersion, versions[i])); err != nil {
			return err
		}
	}
	watcher.Stop()
	options.ResourceVersion = versions[1]
	again, err := maps.Watch(ctx, options)
	if err != nil {
		return err
	}
	defer again.Stop()
	if err := maps.Delete(ctx, made.Name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	for i, want := range []watch.EventType{watch.Modified, watch.Modified, watch.Deleted} {
		event, err := next(ctx, again)
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("event %d", i), event.Type, want); err != nil {
			return err
		}
	}
	return nil
}

// watchConsistent holds several watches against the order that the first one saw.
func watchConsistent(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	options := metav1.ListOptions{ResourceVersion: list.ResourceVersion}
	go func() {
		for i := range 40 {
			name := fmt.Sprintf("cm-%d", i%5)
			switch i / 5 % 3 {
			case 0:
				_, _ = maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{})
			case 1:
				_, _ = maps.Patch(ctx, name, types.MergePatchType, []byte(fmt.Sprintf(`{"data":{"n":"%d"}}`, i)), metav1.PatchOptions{})
			default:
				_ = maps.Delete(ctx, name, metav1.DeleteOptions{})
			}
		}
	}()
	leader, err := maps.Watch(ctx, options)
	if err != nil {
		return err
	}
	defer leader.Stop()
	var followers []watch.Interface
	for i := range 30 {
		event, err := next(ctx, leader)
		if err != nil {
			return err
		}
		version := event.Object.(*corev1.ConfigMap).ResourceVersion
		for _, follower := range followers {
			seen, err := next(ctx, follower)
			if err != nil {
				return err
			}
			if err := same("version that another watch saw", seen.Object.(*corev1.ConfigMap).ResourceVersion, version); err != nil {
				return err
			}
		}
		if i < 6 {
			follower, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: version})
			if err != nil {
				return err
			}
			defer follower.Stop()
			followers = append(followers, follower)
		}
	}
	return nil
}
