// Fills templates with Go's own text/template, for a test that compares: lines of JSON in, one of JSON out for each.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/template"
)

type task struct {
	Template string `json:"template"`
	Data     any    `json:"data"`
}

type result struct {
	Output  string `json:"output"`
	Refusal string `json:"refusal,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		line, err := json.Marshal(fill(lines.Text()))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(line))
	}
}

func fill(line string) result {
	var given task
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&given); err != nil {
		panic(err)
	}
	parsed, err := template.New("").Parse(given.Template)
	if err != nil {
		return result{Refusal: err.Error()}
	}
	var output strings.Builder
	if err := parsed.Execute(&output, withNumbers(given.Data)); err != nil {
		return result{Refusal: err.Error()}
	}
	return result{Output: output.String()}
}

// Numbers without a fraction are ints, as most fields of events are, so that printf says the same of them.
func withNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if whole, err := strconv.Atoi(value.String()); err == nil {
			return whole
		}
		if whole, err := strconv.ParseUint(value.String(), 10, 64); err == nil {
			return whole
		}
		real, err := value.Float64()
		if err != nil {
			panic(err)
		}
		return real
	case []any:
		for index, element := range value {
			value[index] = withNumbers(element)
		}
	case map[string]any:
		for key, member := range value {
			value[key] = withNumbers(member)
		}
	}
	return value
}
