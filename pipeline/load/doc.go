// Package load sends the requests of a plan and no others, in their order, writing each attempt down before and after. It
// knows Faire only through the Writer interface.
package load
