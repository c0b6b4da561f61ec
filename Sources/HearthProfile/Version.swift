/// The version of Hearth, as its programs and the profiles that they write say it.
public let hearthVersion = "0.1.0"
