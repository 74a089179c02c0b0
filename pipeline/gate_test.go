package pipeline_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline"
	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
)

// able is a source that only says what it can.
type able stage.Capabilities

func (a able) Capabilities() stage.Capabilities { return stage.Capabilities(a) }

func (able) Extract(context.Context, stage.Sink) error { return nil }

func TestCapable(t *testing.T) {
	whole := able{ProductDetail: true}
	bare := able{Missing: []string{"name", "description", "price[USA].wholesale", "images"}}
	for name, test := range map[string]struct {
		sources []able
		change  func(*config.Config)
		want    string
	}{
		"alone and whole":        {[]able{whole}, nil, ""},
		"alone":                  {[]able{bare}, nil, "source s0 cannot feed Faire: it delivers no name, description, price[USA].wholesale, images"},
		"alone, without a word":  {[]able{{}}, nil, "source s0 cannot feed Faire: it delivers no product details"},
		"filled":                 {[]able{bare, whole}, nil, ""},
		"prices in other words":  {[]able{{Missing: []string{"prices"}}, {ProductDetail: true, Missing: []string{"wholesale"}}}, nil, "sources s0, s1 cannot feed Faire: none of them delivers prices"},
		"the other lacks it too": {[]able{bare, {ProductDetail: true, Missing: []string{"name"}}}, nil, "sources s0, s1 cannot feed Faire: none of them delivers name"},
		"two fill it together": {[]able{bare, {ProductDetail: true, Missing: []string{"name"}}, {ProductDetail: true, Missing: []string{"price[USA].wholesale"}}}, nil,
			""},
		"another bare one fills nothing": {[]able{bare, {Missing: []string{"sku"}}}, nil,
			"sources s0, s1 cannot feed Faire: none of them delivers name, description, price[USA].wholesale, images"},
		"only what is no need is lacking": {[]able{bare, {ProductDetail: true, Missing: []string{"images", "description"}}}, nil, ""},
		"not asked": {[]able{bare, whole}, func(c *config.Config) { c.Precedence = map[string]config.Names{"wholesale": {"s0"}} },
			"sources s0, s1 cannot feed Faire: none of them delivers price[USA].wholesale"},
		"mapped by hand": {[]able{bare}, func(c *config.Config) {
			c.Sources[0].Mapping = map[string]config.Columns{"name": {"custom_1"}}
			c.Prices = []config.Price{{Geography: "USA", Wholesale: "cost * 2"}}
		}, ""},
		"mapped by hand in another": {[]able{bare, {Missing: []string{"images"}}}, func(c *config.Config) {
			c.Sources[1].Mapping = map[string]config.Columns{"name": {"x"}, "price[USA].wholesale": {"y"}}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var c config.Config
			var sources []pipeline.NamedSource
			for i, source := range test.sources {
				name := "s" + string(rune('0'+i))
				c.Sources = append(c.Sources, config.Source{Name: name})
				sources = append(sources, pipeline.NamedSource{Name: name, Source: source})
			}
			if test.change != nil {
				test.change(&c)
			}
			got := ""
			if err := pipeline.Capable(c, sources); err != nil {
				got = err.Error()
				if hinted, ok := err.(interface{ Hint() string }); !ok || !strings.Contains(hinted.Hint(), "map them") {
					t.Error("there is no hint")
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
