// Pipelines are written in the graph's words: sources, column types, plans, and the errors that name nodes.
@_exported public import HearthGraph
