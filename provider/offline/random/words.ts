/** Words for names: common English ones that nobody minds in a host name. */

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

export const adverbs = list(`
  boldly briefly brightly calmly clearly closely coolly dearly deeply duly eagerly early easily evenly fairly
  firmly fondly freely freshly fully gently gladly greatly handily happily highly jointly keenly kindly lately
  lightly likely loosely loudly mainly merrily mildly mostly neatly nicely nimbly openly partly plainly purely
  quickly quietly rapidly rarely readily safely sharply simply slowly smoothly softly soundly steadily swiftly
  truly warmly wholly widely wisely
`);

export const adjectives = list(`
  able agile alert amber ample aqua arctic autumn azure balanced blithe bold brave breezy brief bright brisk
  bronze calm candid careful casual cheery chief clean clear clever coastal cobalt cool copper coral cosy crisp
  curious daring dapper deep deft dewy eager early earnest easy elder emerald even fair famous fast fearless
  festive fine firm fleet floral fluent fond formal frank free fresh friendly frosty gentle giant gifted glad
  gleaming golden good graceful grand green handy happy hardy hearty helpful honest humble indigo ivory jade
  jolly jovial joyful keen kind large lasting lavish level light linen little lively local loyal lucid lucky
  lunar maple marine mellow merry mighty mild mindful misty modern modest mossy native neat nimble noble north
  oaken olive open patient peaceful pearly placid plain playful pleasant plucky polar polite prime proud pure
  quick quiet radiant rapid rare ready regal robust rosy round royal ruby rustic sandy scenic serene sharp
  shiny silent silver simple sincere sleek smart smooth snowy social soft solar solid sound spare spry stable
  steady stellar still stout strong sunny sure swift tame tender thrifty tidal tidy topaz trim true trusty
  upbeat useful valiant vast velvet violet vivid warm wary wild willing windy wise witty woodland worthy young
`);

export const animals = list(`
  addax agouti albatross alpaca ant antelope auk avocet axolotl badger barnacle bat bear beaver bee beetle
  bison bittern boar bonobo buffalo bullfinch bunting butterfly buzzard camel caracal caribou carp cat catfish
  chamois cheetah chicken chipmunk cicada clam cobra cockatoo cod condor coot cormorant cow coyote crab crane
  cricket crow cuckoo curlew deer dingo dipper dog dolphin donkey dormouse dove dragonfly duck dugong dunlin
  eagle echidna eel egret eider elephant elk emu ermine falcon ferret finch firefly flamingo flounder fox frog
  gannet gazelle gecko gerbil gibbon giraffe gnu goat goldfinch goose gopher grayling grebe grouse guillemot
  gull haddock halibut hamster hare harrier hawk hedgehog heron herring hippo hobby hoopoe hornet horse hyena
  ibex ibis iguana impala jackal jackdaw jaguar jay jerboa kestrel kingfisher kite kiwi koala kudu ladybird
  lapwing lark lemming lemur leopard limpet linnet lion lizard llama lobster loon lynx macaw mackerel magpie
  mallard manatee marlin marmot marten meerkat merlin minnow mole mongoose moose moth mouse mule mussel
  narwhal newt nightjar numbat nuthatch ocelot octopus okapi orca oriole oryx osprey ostrich otter owl ox
  oyster panda panther parrot partridge peacock pelican penguin perch petrel pheasant pigeon pika pike pipit
  plaice plover pony porcupine porpoise possum puffin puma quail quokka rabbit raccoon ram raven redshank
  reindeer rhino robin rook ruff sable salmon sandpiper sardine scallop seal serval shearwater sheep shrew
  shrike skate skink skua skylark sloth snail snipe sole sparrow spider squid squirrel starling stilt stoat
  stork sturgeon sunfish swallow swan swift tapir tern thrush tiger toad tortoise toucan trout tuna turbot
  turtle urchin viper vole wallaby walrus warbler wasp waxwing weasel whale wheatear whimbrel wigeon wolf
  wombat woodcock woodpecker wren yak zebra
`);
