internal import ArgumentParser

/// What `--normalize` takes.
enum NormalizationOption: String, CaseIterable, ExpressibleByArgument {
    case share, absolute, time, work
}
