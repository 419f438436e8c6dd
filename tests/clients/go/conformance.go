package main

import "slices"

// conformance are the checks that walk what the conformance tests hold of a
// server and its controllers: the life of each kind (walk.go) and the rest.
var conformance = slices.Concat(reading, served, custom, hooks, control, jobs, rollouts, placing, volumes, newer, network, walks())
