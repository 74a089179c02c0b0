// Package load sends the requests of a plan and no others, in order of harm, writing each attempt down before and after. It
// knows Faire only through the Writer interface. Products go in parallel, the requests of one product one after the other.
package load
