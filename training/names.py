"""The label sets of the embedded model, named once. Order is the order of every head's outputs."""

# Detector classes: (name shown and spoken, plural, label in the data sets).
CLASSES = [
    ("airplane", "airplanes", "airplane"),
    ("storage tank", "storage tanks", "storage_tank"),
    ("tennis court", "tennis courts", "tennis_court"),
    ("baseball diamond", "baseball diamonds", "baseball_diamond"),
    ("building", "buildings", "building"),
    ("car", "cars", "car"),
]
CLASS_INDEX = {data: i for i, (_, _, data) in enumerate(CLASSES)}

# Scenes: (UC Merced folder name, readable name).
SCENES = [
    ("agricultural", "agricultural land"),
    ("airplane", "airport apron with airplanes"),
    ("baseballdiamond", "baseball diamond"),
    ("beach", "beach"),
    ("buildings", "commercial buildings"),
    ("chaparral", "chaparral"),
    ("denseresidential", "dense residential area"),
    ("forest", "forest"),
    ("freeway", "freeway"),
    ("golfcourse", "golf course"),
    ("harbor", "harbor"),
    ("intersection", "road intersection"),
    ("mediumresidential", "medium residential area"),
    ("mobilehomepark", "mobile home park"),
    ("overpass", "overpass"),
    ("parkinglot", "parking lot"),
    ("river", "river"),
    ("runway", "runway"),
    ("sparseresidential", "sparse residential area"),
    ("storagetanks", "tank farm with storage tanks"),
    ("tenniscourt", "tennis court"),
]
SCENE_INDEX = {data: i for i, (data, _) in enumerate(SCENES)}

# Presence labels: (label in the data, singular phrase with article, plural or mass phrase).
PRESENCE = [
    ("airplane", "an airplane", "airplanes"),
    ("bare-soil", "bare soil", "bare soil"),
    ("buildings", "a building", "buildings"),
    ("cars", "a car", "cars"),
    ("chaparral", "chaparral", "chaparral"),
    ("court", "a court", "courts"),
    ("dock", "a dock", "docks"),
    ("field", "a field", "fields"),
    ("grass", "grass", "grass"),
    ("mobile-home", "a mobile home", "mobile homes"),
    ("pavement", "pavement", "pavement"),
    ("sand", "sand", "sand"),
    ("sea", "sea", "sea"),
    ("ship", "a ship", "ships"),
    ("tanks", "a storage tank", "storage tanks"),
    ("trees", "a tree", "trees"),
    ("water", "water", "water"),
]
PRESENCE_INDEX = {data: i for i, (data, _, _) in enumerate(PRESENCE)}
