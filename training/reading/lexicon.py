"""What things are called. A canonical name, its English words (singular) and its Chinese words, named once for the generator, the
matcher and the exported reader. Chinese is simplified; `traditional.json` maps traditional characters before any look-up."""

# Things that a plan names by a canonical name: name | English words | Chinese words. The first word of each is the usual one.
_CLASSES = '''
airplane | airplane, plane, aircraft, aeroplane, jet, airliner, fighter jet, passenger jet, jumbo jet, jetliner, fixed-wing aircraft, propeller plane, passenger plane, light aircraft, glider, bomber, commercial jet, private jet, business jet, cargo plane, airbus, boeing, biplane, turboprop, warplane, fighter, fighter plane, military aircraft, civil aircraft, widebody, airframe, air plane | 飞机, 客机, 民用飞机, 军用飞机, 军机, 私人飞机, 公务机, 滑翔机, 螺旋桨飞机, 歼击机, 喷气式飞机, 大飞机, 小飞机, 战斗机, 战机, 民航机, 喷气机, 航空器, 班机, 运输机, 轰炸机, 固定翼飞机
helicopter | helicopter, chopper, rotorcraft | 直升机, 直升飞机
ship | ship, boat, vessel, yacht, ferry, barge, sailboat, sailing boat, fishing boat, cargo ship, container ship, tanker ship, warship, dinghy, tugboat, motorboat, speedboat, watercraft, cruise ship, catamaran, freighter, trawler, oil tanker, cargo vessel, fishing vessel, narrowboat, houseboat, canoe, rowing boat, naval vessel, sailing ship, sailing vessel, sailing yacht, schooner, ketch, gondola, raft, kayak, lifeboat, patrol boat, frigate, bulk carrier, lng carrier, steamer, paddle steamer, pleasure boat, small craft, craft, motor yacht, cargo boat, cabin cruiser, tug | 船, 船只, 皮划艇, 救生艇, 巡逻艇, 护卫舰, 散货船, 机帆船, 运输船, 游船, 客轮, 货轮, 渔轮, 艇, 舟, 大型船舶, 船舶, 轮船, 货船, 渔船, 游艇, 舰船, 军舰, 帆船, 小船, 大船, 快艇, 驳船, 客船, 集装箱船, 渡轮, 舰艇, 邮轮, 油轮, 摩托艇, 拖船, 小艇
car | car, vehicle, automobile, auto, sedan, suv, taxi, motor vehicle, motorcar, van, minivan, jeep, passenger car, cab, hatchback, motor car, estate car, station wagon, limousine, parked car, four-wheeler, passenger vehicle, pickup, people carrier, convertible, sports car, saloon car | 汽车, 车, 轿跑, 电动车, 商务车, 皮卡, 皮卡车, 跑车, 家用车, 乘用车, 车子, 车辆, 小汽车, 轿车, 小车, 机动车, 私家车, 面包车, 出租车, 越野车, 小轿车, 客车, 停放车辆
truck | truck, lorry, semi-trailer, heavy goods vehicle, semi, hgv, dump truck, tipper, trailer truck, pickup truck, articulated lorry, semi truck, tanker truck, delivery truck, juggernaut, eighteen-wheeler, box truck, big rig, flatbed, road train, refuse truck, garbage truck, cement truck, artic, goods vehicle, tractor-trailer, heavy vehicle | 卡车, 货车, 大货车, 重型卡车, 载重车, 运货车, 大卡车, 重卡, 半挂车, 渣土车, 拖挂车, 大车
bus | bus, coach, minibus, school bus, tour bus, double-decker | 公交车, 巴士, 大巴, 公共汽车, 大客车, 校车, 公车, 中巴, 旅游大巴
train | train, locomotive, freight train, railcar, railway carriage, train carriage, wagon, rail wagon, passenger train | 火车, 列车, 机车, 火车头, 货运列车, 火车车厢, 动车, 高铁列车
storage tank | storage tank, tank, oil tank, fuel tank, petroleum tank, gas tank, oil storage tank, cylindrical tank, water tank, fuel storage tank, holding tank, oil reservoir tank, crude oil tank, storage vessel tank, lng tank, oil drum, liquid storage tank, petrol tank, chemical tank, diesel tank, tank container farm, spherical tank, oil storage, tank battery, refinery tank, gasometer, cistern, tank farm tank, floating roof tank | 油罐, 储油罐, 储液罐, 化工罐, 球罐, 球形罐, 柴油罐, 汽油罐, 贮罐, 油桶, 大罐, 浮顶罐, 储油桶, 储存油罐, 储罐, 储存罐, 罐体, 罐子, 圆罐, 燃料罐, 储气罐, 原油罐, 石油罐, 存储罐, 罐, 油库罐, 水罐, 贮油罐, 油槽
building | building, house, roof, structure, home, rooftop, dwelling, terminal, hangar, warehouse, edifice, construction, built structure, apartment block, skyscraper, office block, bungalow, shed, garage, barn, cottage, villa, apartment, housetop, terminal building, tower block, high-rise, residential building, family home, hut, block of flats, detached house, residence, outbuilding, farmhouse, factory building, tenement, office building, apartment building, house roof, roof surface, commercial building, industrial building, storehouse, semi-detached house, terraced house, mansion, chalet, cabin, lodge, duplex, condo, flat roof, school building, church building, airport building, hall, depot building, annex, annexe, built-up structure | 建筑, 建筑物, 房舍, 楼栋, 楼盘, 住宅楼, 教学楼, 车库, 工棚, 厂棚, 仓房, 商铺, 屋子, 屋面, 屋顶面, 高层, 高层建筑, 居民楼, 宿舍楼, 库房, 小屋, 茅屋, 木屋, 宅子, 房子, 房屋, 楼房, 屋顶, 楼, 大楼, 房顶, 高楼, 住宅, 平房, 厂房, 仓库, 航站楼, 楼宇, 房, 民房, 别墅, 构筑物, 机库, 农房, 办公楼, 公寓楼, 住房, 民居, 摩天楼, 候机楼, 楼顶, 棚屋
mobile home | mobile home, trailer home, caravan, static caravan, camper, motorhome, manufactured home, rv | 活动房屋, 活动房, 房车, 移动房屋, 拖车房屋, 板房
tennis court | tennis court, tennis field, tennis ground, tennis facility, tennis pitch, court for tennis, lawn tennis court | 网球场, 网球场地, 网球馆
basketball court | basketball court, basketball pitch, basketball field, basketball ground | 篮球场, 篮球场地
soccer field | soccer field, football field, football pitch, soccer pitch, soccer ground, football ground, soccer ball field | 足球场, 足球场地
baseball diamond | baseball diamond, baseball field, ball field, ballpark, ball park, baseball court, baseball pitch, baseball ground, baseball stadium, softball field, diamond, softball diamond, ballfield, baseball facility, infield, baseball park | 棒球场, 棒球场地, 垒球场, 棒球内场, 棒球内野
stadium | stadium, arena, sports stadium, sports arena | 体育场, 体育馆, 运动场馆
running track | running track, athletics track, ground track field, race track | 田径场, 跑道田径场, 操场
playground | playground, play area, children's playground | 游乐场, 儿童乐园, 儿童游乐场
golf course | golf course, golf club, golf links, putting green, golf green | 高尔夫球场, 高尔夫球道, 高尔夫场
swimming pool | swimming pool, pool, backyard pool, outdoor pool, bathing pool, garden pool, lido, private pool, swim pool, plunge pool, paddling pool, pool basin, hotel pool, public pool | 游泳池, 泳池, 水池子, 露天泳池, 私人泳池
road | road, street, highway, motorway, freeway, lane, avenue, carriageway, roadway, dirt road, track road, main road, country road, boulevard, alley, expressway, byway, driveway, thoroughfare, side street, paved road, gravel road, unpaved road, dirt track, farm track, cart track, service road, access road, ring road, bypass, cul-de-sac, dual carriageway, slip road, residential street, motorway lane, path, trail, paved street | 道路, 公路, 乡道, 县道, 环路, 辅路, 匝道, 便道, 胡同, 车行道, 林荫道, 步行街, 小道, 泥路, 柏油路, 水泥路, 环城路, 支路, 高速, 马路, 街道, 高速公路, 路, 大街, 小路, 车道, 高速路, 街, 路面, 土路, 国道, 主干道, 巷子, 省道
bridge | bridge, footbridge, viaduct, overpass, flyover, road bridge, railway bridge | 桥, 桥梁, 大桥, 天桥, 立交桥, 高架桥, 公路桥, 铁路桥, 高架, 人行桥
roundabout | roundabout, traffic circle, rotary, traffic roundabout | 环岛, 环形交叉口, 转盘, 环形路口, 圆环
parking lot | parking lot, car park, parking area, parking space, parking, parking place, parking bay, carpark, parking spot, parking stall, parking ground, parking facility, parking deck, parking garage, car parking, lot for cars, park and ride, truck park, vehicle park, parking zone | 停车场, 停车位, 停车区, 车位, 停车地
runway | runway, landing strip, airstrip, taxiway, take-off strip, airfield strip | 跑道, 机场跑道, 飞机跑道, 滑行道, 起降跑道
railway | railway, railroad, rail track, train track, railway line, rail line, railway track, rail, tramway | 铁路, 铁轨, 轨道, 火车轨道, 铁道, 铁路线
pavement | pavement, tarmac, asphalt, apron, hardstand, concrete, paved area, paved surface, paving, concrete surface, hard standing, sealed surface, impervious surface, asphalt surface, hardstanding | 铺装路面, 硬化地面, 水泥地, 机坪, 停机坪, 沥青路面, 铺装地面, 硬地, 沥青, 硬化路面, 水泥地面, 不透水面, 铺装
dock | dock, pier, jetty, quay, wharf, berth, mooring, landing stage, boat dock, boat landing, landing jetty, docking place, mooring place, harbour wall, harbor wall, boat slip, marina dock, finger pier, boardwalk pier, pontoon, slipway, quayside | 码头, 泊位, 栈桥, 船坞, 防波堤码头, 渡口, 船埠
crane | crane, gantry crane, harbour crane, harbor crane, quay crane, portal crane, ship-to-shore crane, mobile crane, lifting crane, tower crane, container crane, construction crane | 起重机, 吊车, 塔吊, 龙门吊, 岸桥
container | container, shipping container, cargo container, container stack, freight container, container box | 集装箱, 货柜, 货箱, 集装箱堆, 货运箱
solar panel | solar panel, pv panel, solar array, photovoltaic panel, photovoltaic array, photovoltaic installation, solar module, pv array, solar cell, photovoltaic, solar collector, pv module, pv installation, solar plant, solar installation, photovoltaic module, solar roof, pv system, photovoltaic system, pv, solar farm, solar park | 太阳能板, 光伏板, 太阳能电池板, 光伏, 光伏阵列, 太阳能面板, 光伏组件, 太阳板, 光伏电板, 太阳能, 太阳能阵列, 光伏设施, 光伏电站
wind turbine | wind turbine, windmill, wind generator, wind power plant, wind energy converter, wind wheel, wind power turbine | 风力发电机, 风机, 风车, 风电机组, 风力涡轮机, 风电机, 风电塔
power pole | power pole, pylon, utility pole, electricity pylon, transmission tower, power line pole, electric pole, power tower, telegraph pole, electricity pole, power mast, electric pylon, lattice tower, telephone pole, power line tower | 电线杆, 电塔, 输电塔, 高压线塔, 铁塔, 电杆, 高压塔, 电力塔, 输电铁塔, 高压电塔
greenhouse | greenhouse, glasshouse, polytunnel, hothouse, glass house, plastic greenhouse | 温室, 大棚, 温室大棚, 塑料大棚, 蔬菜大棚, 暖房
tree | tree, forest, wood, woodland, palm tree, palm, tree crown, treetop, conifer, oak, pine, forested area, woods, tree canopy, pine tree, fruit tree, street tree, grove, fir, canopy tree, tree stand, tree top, deciduous tree, evergreen, birch, poplar, eucalyptus, jungle, rainforest, forest patch, wooded area, coppice, copse, thicket of trees, sapling, spruce, willow, olive tree, coconut palm, forestland | 树, 树木, 树丛, 丛林, 雨林, 杨树, 柳树, 桉树, 椰子树, 针叶树, 阔叶树, 杉树, 橡树, 苗木, 树种植区, 林区, 森林, 树林, 林地, 大树, 乔木, 林子, 树冠, 棕榈树, 小树, 林木, 行道树, 松树, 果树
grass | grass, lawn, grassland, turf, meadow, grassy area, grass area, greensward | 草地, 草坪, 草, 绿草, 草皮, 草原
chaparral | chaparral, shrub, bush, scrub, shrubland, scrubland, shrubbery, brush, brushland | 灌木, 灌木丛, 矮树丛, 灌丛
field | field, farmland, farm, crop field, agricultural field, cropland, arable land, agricultural parcel, farm field, paddy, cultivated field, agricultural plot, rice paddy, agricultural land, crop parcel, farm plot, wheat field, paddy field, corn field, maize field, rice field, hay field, ploughed field, plowed field, agricultural area, farmed field, agricultural surface, crop plot, vegetable field, acre of farmland, plantation, cultivated land, tilled field, crop | 农田, 田地, 田野, 农作物, 作物田, 玉米地, 玉米田, 油菜田, 菜田, 大田, 庄稼, 农业用地, 种植地, 梯田, 田, 耕地, 田块, 庄稼地, 稻田, 麦田, 农地, 地块, 水田, 菜地, 农场, 旱地
bare soil | bare soil, bare earth, bare ground, exposed soil, soil, barren land, dirt, bare land, naked soil, exposed earth, open soil, barren ground, unvegetated ground | 裸土, 裸地, 裸露地, 裸露土壤, 空地, 荒地, 土壤, 泥地, 裸露地面, 光秃地
sand | sand, beach, sandy area, sandy surface, dune, sand dune, sandbank, sand bar, sandy beach, sand bank, sand pit | 沙地, 沙滩, 沙子, 海滩, 沙丘, 砂地, 沙, 砂石地
water | water, river, lake, pond, sea, ocean, water body, stream, canal, reservoir, waterway, creek, body of water, lagoon, open water, basin, waterbody, watercourse, brook, water surface, bay, channel, pool of water, water area, inlet, fjord, harbour basin, ditch with water, standing water, flowing water, puddle, water feature, millpond, loch, tributary, strait, waters, sea water, seawater, inland water | 水, 水体, 河水, 湖水, 江面, 河面, 海域, 海湾, 湾, 水潭, 积水, 水洼, 护城河, 泳湖, 溪水, 水沟, 河流水面, 河, 河流, 湖, 湖泊, 池塘, 水面, 海, 大海, 水域, 海洋, 水库, 运河, 小溪, 海水, 河道, 水塘, 湖面, 江, 溪流, 水渠, 鱼塘, 海面, 江河
cloud | cloud, cloud cover, clouds | 云, 云层, 云朵, 云团, 云量, 白云
person | person, people, human, pedestrian, individual, man, woman, swimmer, bather, crowd, sunbather, passer-by, child, tourist, worker, visitor, beachgoer, human being, spectator, cyclist, walker | 人, 行人, 人员, 人群, 游客, 路人, 人物
animal | animal, cow, cattle, livestock, sheep, horse, herd, goat, pig, donkey, camel herd, grazing animal, farm animal, mammal, beast, flock of sheep, buffalo, calf, bull, wildlife, dairy cow | 动物, 牛, 羊, 牲畜, 奶牛, 马, 牛群, 羊群, 家畜, 野生动物
'''

# Things without a canonical name that people still ask for: English singular | Chinese words. A plan names them `other:<English>`.
_OTHERS = '''
school | 学校, 小学, 中学
hospital | 医院
church | 教堂
airport | 机场, 飞机场
harbor | 港口, 海港, 港湾
military base | 军事基地, 军营, 基地
prison | 监狱
cemetery | 墓地, 公墓, 坟墓, 陵园
shoreline | 海岸线, 岸线, 水岸线, 湖岸线
coastline |
vegetation | 植被, 植物, 绿化, 绿地, 绿植
desert | 沙漠, 荒漠, 戈壁
mountain | 山, 山脉, 高山, 山峰
hill | 丘陵, 小山, 山丘
snow | 雪, 积雪
ice | 冰, 冰面
glacier | 冰川
volcano | 火山
island | 岛, 岛屿, 小岛
waterfall | 瀑布
dam | 大坝, 水坝, 堤坝
power plant | 发电厂, 电厂, 火电厂
power line | 电线, 高压线, 输电线, 电缆
factory | 工厂
quarry | 采石场
mine | 矿山, 矿场, 矿井, 矿坑
landfill | 垃圾填埋场, 填埋场
garbage | 垃圾, 垃圾堆
rubble | 瓦砾, 废墟
wreck | 残骸
chimney | 烟囱
cooling tower | 冷却塔
silo | 筒仓, 粮仓
tower | 塔, 塔楼
antenna | 天线
satellite dish | 卫星天线
lighthouse | 灯塔
castle | 城堡
palace | 宫殿
temple | 寺庙, 庙宇, 神庙
mosque | 清真寺
monument | 纪念碑
statue | 雕像, 雕塑
pyramid | 金字塔
fountain | 喷泉
fence | 围栏, 栅栏
wall | 围墙, 墙
gate | 大门
garden | 花园
park | 公园
orchard | 果园
vineyard | 葡萄园
hedge | 树篱
flower | 花, 花朵, 花坛
elephant | 大象
dog | 狗, 小狗
cat | 猫
bird | 鸟, 鸟类
whale | 鲸鱼, 鲸
camel | 骆驼
deer | 鹿
giraffe | 长颈鹿
bear | 熊
bicycle | 自行车, 单车
motorcycle | 摩托车
tractor | 拖拉机
excavator | 挖掘机, 挖土机
bulldozer | 推土机
tram | 有轨电车, 电车
ambulance | 救护车
fire truck | 消防车
rocket | 火箭
missile | 导弹
missile silo | 导弹发射井
submarine | 潜艇, 潜水艇
aircraft carrier | 航母, 航空母舰
oil rig | 钻井平台, 石油平台
oil spill | 油污, 溢油
oil well | 油井
pipeline | 管道, 输油管, 管线
tent | 帐篷
refugee camp | 难民营
campsite | 露营地, 营地
umbrella | 伞, 遮阳伞
bench | 长椅
helipad | 直升机停机坪, 直升机坪
radar | 雷达
train station | 火车站, 车站
bus stop | 公交站, 公交车站
gas station | 加油站
toll booth | 收费站
intersection | 路口, 十字路口, 交叉口, 岔路口
crosswalk | 斑马线, 人行横道
sidewalk | 人行道
footpath | 小径, 步道
traffic light | 红绿灯, 信号灯
street light | 路灯
tunnel | 隧道
cliff | 悬崖
rock | 岩石, 石头
cave | 山洞, 洞穴
swamp | 沼泽
wetland | 湿地
mangrove | 红树林
coral reef | 珊瑚礁
fire | 火, 火灾, 大火
smoke | 烟, 烟雾
flood | 洪水, 洪涝
landslide | 滑坡, 山体滑坡
crater | 弹坑, 陨石坑
hole | 洞, 坑
shadow | 阴影, 影子
skate park | 滑板场
volleyball court | 排球场
racetrack | 赛道, 赛车场
theme park | 主题公园
roller coaster | 过山车
zoo | 动物园
market | 市场, 集市
shopping mall | 商场, 购物中心
hotel | 酒店, 宾馆
supermarket | 超市
construction site | 工地, 建筑工地, 施工现场
sewage plant | 污水处理厂, 污水厂
substation | 变电站
urban | 城市, 城区, 都市, 市区
rural | 农村, 乡村, 乡下
village | 村庄, 村子, 村落
city | 城镇
residential area | 住宅区, 居民区, 小区
industrial area | 工业区, 工业园
commercial area | 商业区
suburb | 郊区
built-up area | 建成区
open space | 开阔地, 空旷地
slum | 贫民窟
nature reserve | 自然保护区
dump | 垃圾场
scrapyard | 废车场
buoy | 浮标
breakwater | 防波堤
lock | 船闸
well | 水井
trampoline | 蹦床
balcony | 阳台
window | 窗户, 窗子
door | 门
skylight | 天窗
billboard | 广告牌
flag | 旗帜, 国旗
ufo | 飞碟
treehouse | 树屋
sports field | 运动场, 球场
hockey field | 曲棍球场
cricket pitch | 板球场
'''

# Words that name water only where something lies by it: "houses along the coast", "along the shore".
ANCHOR_ONLY = {
    'water': (['coast', 'shore', 'waterfront', 'riverbank', 'river bank', 'seaside', 'coastline', 'shoreline', 'bank', "water's edge", 'waterside', 'lakeside', 'riverside', 'coastal', 'floating', 'sea front', 'seafront'], ['海边', '河边', '岸边', '湖边', '水边', '海岸', '岸', '江边', '河岸', '湖岸']),
    'road': (['roadside', 'kerb', 'curb', 'verge', 'wayside'], ['路边', '路旁', '街边', '道路两侧', '路两边']),
    'sand': (['beachside', 'beachfront'], []),
    'dock': (['dockside'], []),
    'railway': (['trackside'], []),
    'tree': (['tree line', 'forest edge'], ['树下', '林边']),
    'building': (['roofs', 'rooftops'], ['楼顶', '屋顶上']),
}


def _table(text, columns):
    rows = []
    for line in text.strip().splitlines():
        parts = [part.strip() for part in line.split('|')]
        assert len(parts) == columns, line
        rows.append([parts[0], *[[w.strip() for w in part.split(',') if w.strip()] for part in parts[1:]]])
    return rows


CLASSES = {name: (en, zh) for name, en, zh in _table(_CLASSES, 3)}
OTHERS = {name: zh for name, zh in _table(_OTHERS, 2)}

IRREGULAR = {'person': 'people', 'man': 'men', 'woman': 'women', 'sheep': 'sheep', 'aircraft': 'aircraft', 'bus': 'buses', 'passer-by': 'passers-by',
             'watercraft': 'watercraft', 'rotorcraft': 'rotorcraft', 'cattle': 'cattle', 'livestock': 'livestock', 'people': 'people', 'clouds': 'clouds',
             'woods': 'woods', 'body of water': 'bodies of water', 'pool of water': 'pools of water', 'court for tennis': 'courts for tennis', 'deer': 'deer', 'roof': 'roofs', 'wildlife': 'wildlife',
             'golf links': 'golf links', 'links': 'links'}
# Words without a plural.
MASS = {'water', 'sand', 'grass', 'bare soil', 'soil', 'dirt', 'bare earth', 'bare ground', 'exposed soil', 'pavement', 'asphalt', 'tarmac', 'concrete', 'chaparral', 'scrub', 'farmland', 'cropland',
        'arable land', 'barren land', 'bare land', 'naked soil', 'exposed earth', 'cloud cover', 'woodland', 'vegetation', 'snow', 'ice', 'garbage', 'rubble', 'smoke', 'parking', 'turf', 'grassland',
        'agricultural land', 'cultivated land', 'open soil', 'barren ground', 'unvegetated ground', 'photovoltaic', 'pv', 'open water', 'inland water', 'scrubland', 'shrubland', 'shrubbery', 'brush',
        'paving', 'hard standing', 'hardstanding', 'brushland', 'greensward', 'urban', 'rural', 'open space', 'fire'}


def plural(word):
    """The plural of an English noun or of the last word of a compound."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word in MASS:
        return word
    head, space, last = word.rpartition(' ')
    if last in IRREGULAR:
        return head + space + IRREGULAR[last]
    if last.endswith(('s', 'x', 'z', 'ch', 'sh')):
        return f'{word}es'
    if last.endswith('y') and last[-2] not in 'aeiou':
        return f'{word[:-1]}ies'
    return f'{word}s'
