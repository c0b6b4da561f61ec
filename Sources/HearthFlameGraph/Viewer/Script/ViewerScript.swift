/// The script of the page, in parts that share one scope and stand in the order of what needs what.
enum ViewerScript {
    static let source = [
        DecodingScript.source, FrameLabelScript.source, WordsScript.source, StateScript.source, GraphScript.source,
        LazyGraphScript.source, PaneScript.source, CanvasScript.source, DetailScript.source, TableScript.source,
        UpdateScript.source, ControlsScript.source, HandsScript.source, StartScript.source,
    ].joined(separator: "\n")
}
