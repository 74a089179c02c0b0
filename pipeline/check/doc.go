// Package check holds the exception: a thing a person should know, with a stable code, the place it concerns, what was found,
// what was wanted and what to do. codes.go is the register of every code there is; a code outside it is a bug.
package check
