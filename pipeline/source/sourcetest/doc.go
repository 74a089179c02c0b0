// Package sourcetest is the suite every source runs, and MemorySink, a sink that keeps what it is given in memory.
//
// A source passes when it delivers the whole catalogue or an error, never part of it: Run walks catalogues of many sizes,
// breaks the origin and the sink half way, cancels at every step, and looks for secrets in everything that came out.
package sourcetest
