package warehouse

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/marcboeker/go-duckdb"

	"fairesync/transforms"
)

// registerFunctions offers Go functions to SQL, on every connection of the database.
func registerFunctions(ctx context.Context, db *database, functions []transforms.Function) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("register functions: %w", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	for _, function := range functions {
		scalar, err := newScalar(function)
		if err != nil {
			return fmt.Errorf("register function %s: %w", function.Name, err)
		}
		if err := duckdb.RegisterScalarUDF(conn, function.Name, scalar); err != nil {
			return fmt.Errorf("register function %s: %w", function.Name, err)
		}
	}
	return nil
}

// scalar is a function of package transforms as the driver wants it.
type scalar struct {
	config duckdb.ScalarFuncConfig
	call   func(values []driver.Value) (any, error)
}

// Config describes arguments and result.
func (s *scalar) Config() duckdb.ScalarFuncConfig { return s.config }

// Executor is called for every row, by several threads at a time.
func (s *scalar) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: s.call}
}

func newScalar(function transforms.Function) (*scalar, error) {
	made := &scalar{config: duckdb.ScalarFuncConfig{SpecialNullHandling: function.Nulls}}
	for _, argument := range function.Arguments {
		info, err := typeInfo(argument)
		if err != nil {
			return nil, err
		}
		made.config.InputTypeInfos = append(made.config.InputTypeInfos, info)
	}
	result, err := typeInfo(function.Result)
	if err != nil {
		return nil, err
	}
	made.config.ResultTypeInfo = result
	count := len(function.Arguments)
	made.call = func(values []driver.Value) (any, error) {
		// The driver hands the same slice for every row of a chunk.
		args := make([]any, count)
		for i, value := range values {
			args[i] = value
		}
		result, err := function.Call(args)
		if text, ok := result.(string); ok {
			return validText(text), err
		}
		return result, err
	}
	return made, nil
}

func typeInfo(kind transforms.Type) (duckdb.TypeInfo, error) {
	types := map[transforms.Type]duckdb.Type{transforms.Text: duckdb.TYPE_VARCHAR, transforms.Integer: duckdb.TYPE_BIGINT,
		transforms.Boolean: duckdb.TYPE_BOOLEAN, transforms.Double: duckdb.TYPE_DOUBLE}
	found, ok := types[kind]
	if !ok {
		return nil, fmt.Errorf("type %d is unknown", int(kind))
	}
	return duckdb.NewTypeInfo(found) // the caller names the function
}
