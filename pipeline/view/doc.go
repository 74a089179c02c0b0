// Package view says things to people and to programs: plan, exceptions, outcome, status, history and codes as tables or as one
// JSON object per line, progress as one redrawn line or as plain ones, errors as a sentence and a hint. It decides nothing and
// reads neither environment nor clock: cmd tells it what the terminal can do and what time it is.
package view
