// Package docs holds the project's documents and the tests that keep them and the project's conventions true. Two documents are
// generated, exceptions.md from the register of codes and relations.md from the headers of sql/:
//
//	go test ./docs -update
package docs
