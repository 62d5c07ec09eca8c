// The Things Stack's engine, goja, as a peer of bench/codecs.ts: a codec run in a VM that is kept, or in a new one for each
// uplink with the script compiled once, which is what The Things Stack does. One JSON request a line, one answer a line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"syscall"

	"github.com/dop251/goja"
)

type request struct {
	Code         string  `json:"code"`
	Bytes        []int   `json:"bytes"`
	FPort        int     `json:"fPort"`
	Time         int64   `json:"time"`
	Fresh        bool    `json:"fresh"`
	Milliseconds float64 `json:"milliseconds"`
}

type answer struct {
	Rate   float64         `json:"rate"`
	Result json.RawMessage `json:"result"`
}

// Milliseconds of processor time of this process, its garbage collector included.
func processorTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

func load(program *goja.Program) (*goja.Runtime, goja.Callable) {
	vm := goja.New()
	if _, err := vm.RunProgram(program); err != nil {
		panic(err)
	}
	decode, ok := goja.AssertFunction(vm.Get("decodeUplink"))
	if !ok {
		panic("no decodeUplink")
	}
	return vm, decode
}

func run(given request) answer {
	program := goja.MustCompile("codec.js", given.Code, false)
	vm, decode := load(program)
	var result []byte
	once := func() {
		if given.Fresh {
			vm, decode = load(program)
		}
		received, err := vm.New(vm.Get("Date"), vm.ToValue(given.Time))
		if err != nil {
			panic(err)
		}
		bytes := make([]any, len(given.Bytes))
		for place, value := range given.Bytes {
			bytes[place] = value
		}
		input := map[string]any{"bytes": vm.NewArray(bytes...), "fPort": given.FPort, "recvTime": received}
		value, err := decode(goja.Undefined(), vm.ToValue(input))
		if err != nil {
			panic(err)
		}
		if result, err = json.Marshal(value.Export()); err != nil {
			panic(err)
		}
	}
	start, count := processorTime(), 0
	elapsed := 0.0
	for elapsed < given.Milliseconds || count == 0 {
		for index := 0; index < 100; index++ {
			once()
		}
		count += 100
		elapsed = processorTime() - start
	}
	return answer{Rate: float64(count) / elapsed * 1e3, Result: result}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	for lines.Scan() {
		var given request
		if err := json.Unmarshal(lines.Bytes(), &given); err != nil {
			panic(err)
		}
		text, err := json.Marshal(run(given))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(text))
	}
}
