internal import Foundation
internal import HearthIngestCommands

StandardDescriptors.reserve()

// Closures made here belong to the main actor; a detached task keeps the pipeline off it.
exit(await Task.detached { await IngestCommand.run(Array(CommandLine.arguments.dropFirst())) }.value)
