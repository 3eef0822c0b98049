// Counts the words of a generated text in a map, sorts them, and prints the most frequent.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

func main() {
	counts := make(map[string]int)
	seed := uint32(1)
	for i := 0; i < 5000; i++ {
		seed = seed*1664525 + 1013904223
		counts[fmt.Sprintf("word%d", (seed>>16)%97*((seed>>8)%3))]++
	}
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	sort.Slice(words, func(i, j int) bool {
		if counts[words[i]] != counts[words[j]] {
			return counts[words[i]] > counts[words[j]]
		}
		return words[i] < words[j]
	})
	var lines strings.Builder
	for _, word := range words[:10] {
		fmt.Fprintf(&lines, "%6d %s\n", counts[word], word)
	}
	fmt.Print(lines.String())
	fmt.Printf("%.6f\n", float64(len(words))/3) // soft float
	os.Exit(len(words) % 7)
}
