// Package pipeline is the flow: extract, stage, transform, plan, report, load, record, in that order and nowhere else. run.go
// reads like the story; ports.go names what the flow needs of the edges; options.go what a caller may choose.
package pipeline
