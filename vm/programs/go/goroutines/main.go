// Goroutines, channels, a mutex, timers, and garbage collection under load.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

type node struct {
	left, right *node
	value       int
}

func tree(depth, value int) *node {
	if depth == 0 {
		return &node{value: value}
	}
	return &node{tree(depth-1, 2*value), tree(depth-1, 2*value+1), value}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.value + n.left.sum() + n.right.sum()
}

func main() {
	jobs := make(chan int)
	results := make(chan int, 4)
	var workers sync.WaitGroup
	var lock sync.Mutex
	total := 0
	for w := 0; w < 8; w++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for job := range jobs {
				sum := tree(9, job).sum()
				lock.Lock()
				total += sum
				lock.Unlock()
				if job%10 == 0 {
					results <- job
				}
			}
		}()
	}
	seen := 0
	done := make(chan bool)
	go func() {
		for range results {
			seen++
		}
		close(done)
	}()
	for job := 0; job < 100; job++ {
		jobs <- job
		if job%25 == 0 {
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
	}
	close(jobs)
	workers.Wait()
	close(results)
	<-done

	select {
	case <-time.After(2 * time.Millisecond):
	case <-make(chan int):
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("total", total, "seen", seen, "collected", stats.NumGC >= 4)
}
