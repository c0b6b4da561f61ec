// What a user of `import Hearth` names: profiles, their pictures and differences, their files, labels.
@_exported public import HearthFlameGraph
@_exported public import HearthFormats
@_exported public import HearthLabels
@_exported public import HearthProfile

@_exported public import enum HearthSampling.CPUClock
@_exported public import struct HearthSampling.SampledTime
@_exported public import struct HearthSampling.SamplingStatistics
@_exported public import enum HearthSampling.Unwinder
