package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
)

// operate is a file of docs/examples/operate.
func operate(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", "operate", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unitSections are the sections a unit of each kind may have.
var unitSections = map[string][]string{".service": {"Unit", "Service", "Install"}, ".timer": {"Unit", "Timer", "Install"}}

// unit parses a systemd unit: section, key, value. Comments stand on lines of their own.
func unit(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	found, section := map[string]map[string]string{}, ""
	for line := range strings.Lines(operate(t, name)) {
		line = strings.TrimRight(line, "\n")
		key, value, isKey := strings.Cut(line, "=")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[' && line[len(line)-1] == ']':
			if section = line[1 : len(line)-1]; !slices.Contains(unitSections[filepath.Ext(name)], section) || found[section] != nil {
				t.Errorf("%s: section %s is unknown there, or stands twice", name, section)
			}
			found[section] = map[string]string{}
		case !isKey || section == "" || value == "" || !regexp.MustCompile(`^[A-Z][A-Za-z]+$`).MatchString(key):
			t.Errorf("%s: %q is no setting of a section", name, line)
		case found[section][key] != "":
			t.Errorf("%s: %s stands twice", name, key)
		default:
			found[section][key] = value
		}
	}
	return found
}

// TestUnits: the units of docs/operate.md are units, name each other, and call fairesync as it is called.
func TestUnits(t *testing.T) {
	service, timer, alert := unit(t, "fairesync@.service"), unit(t, "fairesync@.timer"), unit(t, "fairesync-alert@.service")
	if err := understood(service["Service"]["ExecStart"]); err != nil {
		t.Error(err)
	}
	want := []string{"oneshot", "8 130", "fairesync-alert@%i.service", "hourly", "timers.target", "oneshot"}
	got := []string{service["Service"]["Type"], service["Service"]["SuccessExitStatus"], service["Unit"]["OnFailure"], timer["Timer"]["OnCalendar"],
		timer["Install"]["WantedBy"], alert["Service"]["Type"]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if wanted := strconv.Itoa(exitBusy) + " " + strconv.Itoa(exitInterrupted); service["Service"]["SuccessExitStatus"] != wanted {
		t.Errorf("the exit codes that are no failure are %s", wanted)
	}
	if !strings.Contains(alert["Service"]["ExecStart"], "${MONITOR_EXIT_STATUS}") {
		t.Error("the alert does not say the exit code")
	}
}

// TestCronJob: the manifest is YAML of the shape Kubernetes takes, one job at a time, never again by itself.
func TestCronJob(t *testing.T) {
	type container struct {
		Name         string   `yaml:"name"`
		Image        string   `yaml:"image"`
		Command      []string `yaml:"command"`
		EnvFrom      []any    `yaml:"envFrom"`
		VolumeMounts []struct {
			Name      string `yaml:"name"`
			MountPath string `yaml:"mountPath"`
			ReadOnly  bool   `yaml:"readOnly"`
		} `yaml:"volumeMounts"`
	}
	var job struct {
		APIVersion string         `yaml:"apiVersion"`
		Kind       string         `yaml:"kind"`
		Metadata   map[string]any `yaml:"metadata"`
		Spec       struct {
			Schedule                   string `yaml:"schedule"`
			ConcurrencyPolicy          string `yaml:"concurrencyPolicy"`
			StartingDeadlineSeconds    int    `yaml:"startingDeadlineSeconds"`
			SuccessfulJobsHistoryLimit int    `yaml:"successfulJobsHistoryLimit"`
			FailedJobsHistoryLimit     int    `yaml:"failedJobsHistoryLimit"`
			JobTemplate                struct {
				Spec struct {
					BackoffLimit *int `yaml:"backoffLimit"`
					Template     struct {
						Spec struct {
							RestartPolicy                 string           `yaml:"restartPolicy"`
							TerminationGracePeriodSeconds int              `yaml:"terminationGracePeriodSeconds"`
							SecurityContext               map[string]any   `yaml:"securityContext"`
							Containers                    []container      `yaml:"containers"`
							Volumes                       []map[string]any `yaml:"volumes"`
						} `yaml:"spec"`
					} `yaml:"template"`
				} `yaml:"spec"`
			} `yaml:"jobTemplate"`
		} `yaml:"spec"`
	}
	var claim struct {
		APIVersion string            `yaml:"apiVersion"`
		Kind       string            `yaml:"kind"`
		Metadata   map[string]string `yaml:"metadata"`
		Spec       map[string]any    `yaml:"spec"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(operate(t, "cronjob.yml"))), yaml.Strict())
	if err := errors.Join(decoder.Decode(&job), decoder.Decode(&claim)); err != nil {
		t.Fatal(err)
	}
	pod := job.Spec.JobTemplate.Spec.Template.Spec
	if job.APIVersion != "batch/v1" || job.Kind != "CronJob" || job.Spec.ConcurrencyPolicy != "Forbid" || pod.RestartPolicy != "Never" ||
		job.Spec.JobTemplate.Spec.BackoffLimit == nil || *job.Spec.JobTemplate.Spec.BackoffLimit != 0 || len(pod.Containers) != 1 {
		t.Fatalf("job: %+v", job)
	}
	if err := understood(strings.Join(pod.Containers[0].Command, " ")); err != nil {
		t.Error(err)
	}
	volumes := map[string]string{}
	for _, volume := range pod.Volumes {
		name, _ := volume["name"].(string)
		volumes[name] = ""
		if source, ok := volume["persistentVolumeClaim"].(map[string]any); ok {
			volumes[name], _ = source["claimName"].(string)
		}
	}
	for _, mount := range pod.Containers[0].VolumeMounts {
		if _, there := volumes[mount.Name]; !there {
			t.Errorf("%s is mounted and no volume", mount.Name)
		}
	}
	if claim.Kind != "PersistentVolumeClaim" || claim.Metadata["name"] == "" || claim.Metadata["name"] != volumes["state"] {
		t.Errorf("the claim %+v is not the state's, %q", claim, volumes["state"])
	}
	if !cronLine.MatchString(job.Spec.Schedule + " x y") {
		t.Errorf("schedule %q", job.Spec.Schedule)
	}
}

// cronLine is a line of /etc/cron.d: when, as whom, what.
var cronLine = regexp.MustCompile(`^[0-5]?[0-9]( \*){4} +[a-z]+ +\S`)

// TestCron: the lines are cron's, and the script is silent where nobody has to look and speaks where somebody has.
func TestCron(t *testing.T) {
	for line := range strings.Lines(operate(t, "crontab")) {
		if line[0] != '#' && !strings.HasPrefix(line, "MAILTO=") && !cronLine.MatchString(line) {
			t.Errorf("%q is no line of cron", line)
		}
	}
	script, err := filepath.Abs(filepath.Join("..", "..", "docs", "examples", "operate", "fairesync-cron"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "fairesync")
	for name, text := range map[string]string{
		program: "#!/bin/sh\necho \"$@\"\necho \"token $FAIRE_ACCESS_TOKEN\" >&2\nexit \"$WANTED\"\n", filepath.Join(dir, "luma.env"): "FAIRE_ACCESS_TOKEN=from-the-file\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range []int{exitDone, exitError, exitUsage, exitExceptions, exitHeld, exitPartly, exitBusy, exitInterrupted} {
		want := ""
		if code != exitDone && code != exitBusy && code != exitInterrupted {
			want = "fairesync luma ended with exit code " + strconv.Itoa(code) + "\n\nrun -q -c " + dir + "/luma/config.yaml\ntoken from-the-file\n"
		}
		cmd := exec.CommandContext(t.Context(), "sh", script, "luma")
		cmd.Env = append(os.Environ(), "FAIRESYNC="+program, "FAIRESYNC_CONFIG="+dir, "WANTED="+strconv.Itoa(code))
		said, err := cmd.CombinedOutput()
		if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(said)); diff != "" || cmd.ProcessState.ExitCode() != code {
			t.Errorf("exit code %d becomes %d, and it says (-want +got):\n%s", code, cmd.ProcessState.ExitCode(), diff)
		}
	}
}

// TestCronOfAFolder: for a folder of brands the script calls the folder, and speaks of a busy brand too, which says nothing of the others.
func TestCronOfAFolder(t *testing.T) {
	script, err := filepath.Abs(filepath.Join("..", "..", "docs", "examples", "operate", "fairesync-cron"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "fairesync")
	for name, text := range map[string]string{program: "#!/bin/sh\necho \"$@\"\nexit \"$WANTED\"\n", filepath.Join(dir, "brands.env"): "FAIRESYNC_JOBS=4\n"} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "brands"), 0o700); err != nil {
		t.Fatal(err)
	}
	for code, speaks := range map[int]bool{exitDone: false, exitInterrupted: false, exitBusy: true, exitError: true} {
		want := ""
		if speaks {
			want = "fairesync brands ended with exit code " + strconv.Itoa(code) + "\n\nrun -q -c " + dir + "/brands --jobs 4\n"
		}
		cmd := exec.CommandContext(t.Context(), "sh", script, "brands")
		cmd.Env = append(os.Environ(), "FAIRESYNC="+program, "FAIRESYNC_CONFIG="+dir, "WANTED="+strconv.Itoa(code))
		said, err := cmd.CombinedOutput()
		if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(said)); diff != "" || cmd.ProcessState.ExitCode() != code {
			t.Errorf("exit code %d becomes %d, and it says (-want +got):\n%s", code, cmd.ProcessState.ExitCode(), diff)
		}
	}
}

// TestOperateFolder: the brand of docs/operate.md and the defaults below it are what the text says they are.
func TestOperateFolder(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{config.DefaultsName, "luma.yaml"} {
		block := regexp.MustCompile("(?ms)^```yaml\n(# " + regexp.QuoteMeta(name) + "\n.*?)^```$").FindSubmatch(text)
		if block == nil {
			t.Fatalf("there is no block of %s", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), block[1], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := config.LoadFolder(dir)
	if err != nil || len(list) != 1 || list[0].Err != nil {
		t.Fatalf("%+v: %v", list, err)
	}
	c := list[0].Config
	if len(c.Sources) != 1 || c.Sources[0].Path != "/srv/feed/luma.csv" || c.Sources[0].Kind != config.KindFiles || len(c.Sources[0].Exclude) != 1 ||
		c.Faire.Pace.WritesPerSecond != 2 || c.Faire.Token.Env != "LUMA_TOKEN" || c.State != "/var/lib/fairesync" || !c.Settings.Cart.ProductSync {
		t.Errorf("%+v", c)
	}
}

// TestOperateCommands: every command line of docs/operate.md is one that fairesync takes, and every exit code has its row there.
func TestOperateCommands(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.md"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, block := range regexp.MustCompile("(?ms)^```\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		lines = append(lines, strings.Split(block[1], "\n")...)
	}
	for _, span := range regexp.MustCompile("`(fairesync [^`]+)`").FindAllStringSubmatch(string(text), -1) {
		lines = append(lines, span[1])
	}
	calls := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "fairesync ") {
			calls++
			if err := understood(line); err != nil {
				t.Error(err)
			}
		}
	}
	if calls < 10 {
		t.Errorf("only %d command lines were found", calls)
	}
	for _, code := range append([]int{exitDone}, worstFirst...) {
		if !strings.Contains(string(text), "\n| "+strconv.Itoa(code)+" |") {
			t.Errorf("exit code %d has no row in the table", code)
		}
	}
}
