// Package main names what the programs of "View code" import, so that one build compiles the SDK for all of them.
package main

import (
	_ "github.com/aws/aws-sdk-go-v2/aws"
	_ "github.com/aws/aws-sdk-go-v2/config"
	_ "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

func main() {}
