// Hello world: the smallest program that brings the whole Go runtime with it.
package main

import "fmt"

func main() {
	fmt.Println("Hello from Go on Gavel")
}
