package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"fairesync/pipeline"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/warehouse"
)

// The exit codes (design §7). exitPending is given by plan --exit-code alone.
const (
	exitDone        = 0
	exitError       = 1
	exitUsage       = 2
	exitExceptions  = 3
	exitHeld        = 4
	exitPartly      = 5
	exitStale       = 6
	exitPending     = 7
	exitBusy        = 8
	exitInterrupted = 130
)

// worstFirst is which code is given where several hold.
var worstFirst = []int{exitInterrupted, exitUsage, exitBusy, exitError, exitStale, exitPartly, exitHeld, exitExceptions, exitPending}

// exitHelp ends every help.
const exitHelp = `
Exit codes (where several hold: 130, 2, 8, 1, 6, 5, 4, 3, 7):
  0    done, also when the gate is off (said so)
  1    error
  2    usage or configuration
  3    exceptions at or above --fail-on
  4    a ceiling or guard held something, or an approval did not fit
  5    partly applied
  6    stale plan
  7    plan --exit-code: changes are pending
  8    busy: another run of the brand is under way
  130  interrupted
`

// ended is a command that has told everything it had to tell.
type ended struct{ code int }

func (e *ended) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// usageError is a mistake of whoever called or configured the program, with what helps.
type usageError struct {
	err  error
	next string // may be empty
}

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

// Hint says what to do.
func (e *usageError) Hint() string { return e.next }

// usage makes a usageError.
func usage(next, why string, args ...any) error { return &usageError{fmt.Errorf(why, args...), next} }

// notOpened sorts why the parts of a brand could not be put together: what is no error of the disk is one of the configuration.
func notOpened(err error) error {
	if err == nil || isAs[*fs.PathError](err) {
		return err
	}
	return &usageError{err: err}
}

// worst picks the code to give.
func worst(codes []int) int {
	for _, code := range worstFirst {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return exitDone
}

// codesOf are the codes an error asks for; a joined error asks for those of its parts.
func codesOf(err error) []int {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the parts of this very error
		var codes []int
		for _, part := range joined.Unwrap() {
			codes = append(codes, codesOf(part)...)
		}
		return codes
	}
	var said *ended
	switch {
	case errors.As(err, &said):
		return []int{said.code}
	case isAs[*interruptError](err):
		return []int{exitInterrupted}
	case isAs[*pipeline.Off](err):
		return nil
	case isUsage(err):
		return []int{exitUsage}
	case isAs[*ledger.BusyError](err):
		return []int{exitBusy}
	case isAs[*pipeline.StaleError](err):
		return []int{exitStale}
	case isAs[*load.PartialError](err):
		return []int{exitPartly}
	case isAs[*approvalError](err):
		return []int{exitHeld}
	}
	return []int{exitError}
}

// isUsage says whether somebody has to mend the call, the configuration or a credential before it can work.
func isUsage(err error) bool {
	var faireError *faire.Error
	if errors.As(err, &faireError) && (faireError.Code() == faire.CodeUnauthorized || faireError.Code() == faire.CodeForbidden) {
		return true
	}
	var magicError *apparelmagic.Error
	if errors.As(err, &magicError) && (magicError.Status == 401 || magicError.Status == 403) {
		return true
	}
	return isAs[*usageError](err) || isAs[*unknownRunError](err) || isAs[*pipeline.UsageError](err) || isAs[*config.Error](err) || isAs[*config.TableError](err) ||
		isAs[*files.SettingError](err) || isAs[*apparelmagic.SettingError](err) || isAs[*warehouse.MappingError](err) || isAs[*plan.FileError](err)
}

func isAs[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// interruptError says that the run was told to stop.
type interruptError struct{ sent, planned int }

func (e *interruptError) Error() string {
	if e.sent == 0 {
		return "the run was interrupted; nothing was sent"
	}
	return fmt.Sprintf("the run was interrupted after %d of %d requests; what was sent is recorded", e.sent, e.planned)
}

// Hint says what to do.
func (e *interruptError) Hint() string { return "run again: it goes on with what is left" }

// interruptedBy replaces what the interrupt made of a run by one sentence; what went wrong beside it stays.
func interruptedBy(err error, s ledger.Summary) error {
	told := &interruptError{sent: s.Requests.Sent, planned: s.Requests.Planned}
	partial, partly := errors.AsType[*load.PartialError](err)
	if err == nil || errors.Is(err, context.Canceled) || partly && partial.Refused+partial.Unknown == 0 {
		return told
	}
	return errors.Join(told, err)
}

// approvalError is an approval whose count is not the count held.
type approvalError struct {
	group         string
	said, now     int
	others, retry string // what is held by which group; the command line that approves it
}

func (e *approvalError) Error() string {
	changes, are := "changes", "are"
	if e.now == 1 {
		changes, are = "change", "is"
	}
	return fmt.Sprintf("approval %s=%d released nothing: %d %s %s held by it now", e.group, e.said, e.now, changes, are)
}

// Hint says what to do.
func (e *approvalError) Hint() string {
	switch {
	case e.now > 0:
		return "look at the workbook, then " + e.retry
	case e.others != "":
		return "what can be approved now: " + e.others
	}
	return "nothing is held that an approval could release; leave --approve out"
}

// heldGroups counts what is held by the groups an approval can release.
func heldGroups(o pipeline.Outcome) map[string]int {
	held := map[string]int{}
	for _, change := range o.Plan.Changes {
		for _, code := range change.HeldBy {
			if group := plan.Group(code, change); group != "" {
				held[group]++
			}
		}
	}
	return held
}

// approvalErrors are the approvals that did not fit, sorted by group. command is the command line without approvals.
func approvalErrors(o pipeline.Outcome, approvals map[string]int, command string) []error {
	held := heldGroups(o)
	var all []string
	for _, group := range sortedKeys(held) {
		all = append(all, fmt.Sprintf("%s=%d", group, held[group]))
	}
	var list []error
	for _, group := range sortedKeys(o.Unmatched) {
		now := o.Unmatched[group]
		list = append(list, &approvalError{group: group, said: approvals[group], now: now, others: strings.Join(all, ", "),
			retry: fmt.Sprintf("%s --approve %s=%d", command, group, now)})
	}
	return list
}

// release says how to send what is held, by a command line that goes without approvals; blank if no approval can.
func release(o pipeline.Outcome, retry string) string {
	held := heldGroups(o)
	if len(held) == 0 {
		return ""
	}
	command := "to send what is held, look at the workbook, then " + retry
	for _, group := range sortedKeys(held) {
		command += fmt.Sprintf(" --approve %s=%d", group, held[group])
	}
	return command
}

// failOn says whether exceptions reach the severity of --fail-on; blank is never.
func failOn(floor check.Severity, counts map[check.Severity]int) bool {
	order := []check.Severity{check.Error, check.Warning, check.Info}
	for _, severity := range order[:slices.Index(order, floor)+1] {
		if counts[severity] > 0 {
			return true
		}
	}
	return false
}
