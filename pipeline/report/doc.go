// Package report writes the workbook an analyst reads: what the run found, what it would change or has changed, what it holds
// and why, and what every code means. The same input gives the same bytes. Nothing in the workbook comes from the clock, and
// nothing that a source or Faire delivered can become a formula in it.
package report
