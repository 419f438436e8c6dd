package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
)

func newNamespace(ctx context.Context, client kubernetes.Interface, name string) (string, error) {
	made, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: name + "-"},
	}, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return made.Name, nil
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data}
}

// same says how got differs from want.
func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

// first returns the first error that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// eventually waits until cond holds, and says what it waited for when it never does.
func eventually(ctx context.Context, what string, cond func(ctx context.Context) (bool, error)) error {
	err := wait.PollUntilContextTimeout(ctx, 10*time.Millisecond, 20*time.Second, true, cond)
	if err != nil {
		return fmt.Errorf("waiting until %s: %w", what, err)
	}
	return nil
}

// next returns the next event of w.
func next(ctx context.Context, w watch.Interface) (watch.Event, error) {
	select {
	case event, open := <-w.ResultChan():
		if !open {
			return watch.Event{}, fmt.Errorf("the watch ended")
		}
		return event, nil
	case <-ctx.Done():
		return watch.Event{}, fmt.Errorf("no event: %w", ctx.Err())
	}
}

// admitted waits until the namespace takes pods: for that it needs its service account.
func admitted(ctx context.Context, w *world) error {
	return eventually(ctx, "there is a service account", func(ctx context.Context) (bool, error) {
		_, err := w.client.CoreV1().ServiceAccounts(w.ns).Get(ctx, "default", metav1.GetOptions{})
		if absent(err) {
			return false, nil
		}
		return err == nil, err
	})
}

func create[T any](ctx context.Context, client interface {
	Create(ctx context.Context, object *T, options metav1.CreateOptions) (*T, error)
}, object *T) error {
	_, err := client.Create(ctx, object, metav1.CreateOptions{})
	return err
}
