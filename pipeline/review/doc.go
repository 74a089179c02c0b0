// Package review holds what is asked of people and what they answered: a question is one row of a decision sheet of the workbook, an
// answer is that row as it came back, a decision is what an accepted answer lays down for the runs to come (ADR 0019). Everything
// here is pure: the workbook is written and read by report, decisions are kept by ledger, and the relations of sql/ obey them.
package review
