enum EmptyHearthLogging {}
