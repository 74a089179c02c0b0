package edges

import (
	"log/slog"

	"fairesync/pipeline"
	"fairesync/pipeline/config"
)

// OneSource makes source number i of a brand, for those who only look at it. It calls nobody.
func OneSource(c config.Config, i int, o Options) (pipeline.NamedSource, error) {
	c.Sources = c.Sources[i : i+1]
	o.supplement = i > 0
	list, err := sources(c, o, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return pipeline.NamedSource{}, err
	}
	return list[0], nil
}

// ReadFaire makes a client of Faire that refuses every method but GET, whatever the options say; the function closes it.
func ReadFaire(c config.Config, o Options) (pipeline.Faire, func(), error) {
	o.DryRun = true
	client, err := faireClient(c, o, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	return reader{client}, client.Close, nil
}
