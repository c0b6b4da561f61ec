public import ArgumentParser
public import HearthFlameGraph
public import HearthFormats
public import HearthProfile

// The values of other targets' types that options take: their raw values, and `MinimumWidth` by its text.
extension ProfileFormat: ExpressibleByArgument {}
extension MinimumWidth: ExpressibleByArgument {}
extension ColorScheme: ExpressibleByArgument {}
extension FrameWidths: ExpressibleByArgument {}
extension FunctionTotals.Order: ExpressibleByArgument {}
