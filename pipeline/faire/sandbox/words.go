package sandbox

// families are the word lists the invented taxonomy is made of. They are ours: Faire's list is not public.
func families() []family {
	everyone := []string{forWomen, forMen, forKids}
	adults := []string{forWomen, forMen}
	worn := []string{forAll, forUnisex, forWomen, forMen, forKids}
	all := []string{forAll}
	kids := []string{forKids}
	return []family{
		{things: `T-Shirt, Tee, Long Sleeve T-Shirt, Tank Top, Hoodie, Zip Hoodie, Sweatshirt, Crewneck Sweatshirt, Quarter Zip Sweatshirt, Polo Shirt,
			Button-Down Shirt, Flannel Shirt, Jacket, Puffer Jacket, Rain Jacket, Denim Jacket, Fleece Jacket, Windbreaker, Coat, Vest, Pants, Jeans,
			Leggings, Joggers, Sweatpants, Track Pants, Shorts, Athletic Shorts, Swim Shorts, Sweater, Cardigan, Base Layer, Underwear, Socks,
			Compression Socks, Pajama Set, Pajama Top, Pajama Pants, Robe, Swimsuit, Rash Guard, Costume, Overalls, Jumpsuit, Poncho, Tracksuit,
			Snow Pants, Scrubs Top, Scrubs Pants, Work Apron, Kimono, Turtleneck, Henley, Jersey, Thermal Shirt, Cargo Pants, Chinos, Slippers,
			Sneakers, Sandals, Boots, Rain Boots, Flip Flops, Clogs, Loafers, Slip-On Shoes, Espadrilles, Insoles, Shoe Laces`, audiences: everyone},
		{kinds: "Screen Printed, Graphic, Organic Cotton, Tie Dye, Vintage, Holiday", things: "T-Shirt, Tee, Sweatshirt, Hoodie, Tank Top, Long Sleeve Tee, Joggers, Shorts, Jacket",
			audiences: everyone},
		{kinds: "Embroidered, Performance, Cropped, Oversized, Linen, Cashmere, Merino Wool", things: "Shirt, Tee, Sweater, Jacket, Pants, Shorts",
			audiences: adults},
		{things: `Bra, Sports Bra, Bralette, Camisole, Crop Top, Blouse, Tunic, Bodysuit, Dress, Maxi Dress, Midi Dress, Mini Dress, Sundress,
			Sweater Dress, Skirt, Maxi Skirt, Mini Skirt, Skort, Romper, Capri Pants, Yoga Pants, Bike Shorts, Culottes, Palazzo Pants, Shapewear,
			Tights, Stockings, Nightgown, Chemise, Lingerie Set, Bikini Top, Bikini Bottom, One-Piece Swimsuit, Cover-Up, Kaftan, Shawl, Bolero,
			Maternity Top, Maternity Dress, Maternity Leggings, Nursing Bra, Nursing Top, Flats, Heels, Wedges, Ballet Flats, Ankle Boots`,
			audiences: []string{forWomen}},
		{things: `Boxer Briefs, Boxers, Briefs, Undershirt, Suit, Blazer, Dress Shirt, Dress Pants, Tuxedo, Waistcoat, Board Shorts, Muscle Tee, Bomber
			Jacket, Work Pants, Oxford Shoes, Tie, Bow Tie, Cufflinks, Tie Clip, Suspenders, Pocket Square`, audiences: []string{forMen}},
		{things: `Onesie, Romper, Sleeper, Swaddle, Baby Blanket, Bib, Burp Cloth, Baby Booties, Baby Hat, Mittens, Tutu, Dress, Diaper Cover,
			Bubble Suit, Footed Pajamas, Baby Gift Set, Crib Sheet, Changing Pad Cover, Nursery Decor, Baby Mobile, Teether, Pacifier, Pacifier Clip,
			Rattle, Baby Bottle, Sippy Cup, Toddler Plate, Toddler Utensils, Lunch Box, Bath Toy, Hooded Towel, Baby Wash, Diaper Cream, Baby Book,
			Milestone Cards, Growth Chart, Play Mat, Play Gym, Stroller Toy, Baby Carrier, Diaper Bag, Backpack, School Bag, Pencil Case, Raincoat`,
			audiences: kids},
		{things: `Bracelet, Bracelets, Beaded Bracelet, Charm Bracelet, Cuff Bracelet, Necklace, Pendant Necklace, Choker, Ring, Signet Ring, Earrings,
			Hoop Earrings, Stud Earrings, Anklet, Brooch, Enamel Pin, Watch, Smart Watch Band, Sunglasses, Reading Glasses, Glasses Case, Hat, Baseball
			Cap, Beanie, Bucket Hat, Sun Hat, Visor, Headband, Scarf, Gloves, Belt, Wallet, Card Holder, Keychain, Umbrella, Backpack, Duffel Bag, Gym
			Bag, Messenger Bag, Tote Bag, Crossbody Bag, Fanny Pack, Laptop Bag, Weekender Bag, Toiletry Bag, Bandana, Face Mask, Jewelry Set`,
			audiences: worn},
		{kinds: "Gold, Silver, Gemstone, Pearl", things: "Bracelet, Necklace, Ring, Earrings, Anklet, Pendant Necklace, Hoop Earrings, Stud Earrings",
			audiences: []string{forUnisex, forWomen, forMen}},
		{kinds: "Leather, Canvas, Vegan Leather, Quilted", things: "Tote Bag, Backpack, Crossbody Bag, Wallet, Duffel Bag, Belt",
			audiences: []string{forUnisex, forWomen, forMen}},
		{things: `Handbag, Clutch, Hobo Bag, Bucket Bag, Wristlet, Makeup Bag, Hair Clip, Hair Claw, Scrunchie, Hair Tie, Headwrap, Turban, Barrette,
			Bobby Pins, Ear Cuff, Nose Ring, Toe Ring, Body Chain, Fascinator, Hair Bow`, audiences: []string{forWomen, forKids}},
		{things: `Exercise Ball, Jump Rope, Resistance Band, Foam Roller, Yoga Mat, Yoga Block, Yoga Strap, Yoga Towel, Yoga Bolster, Meditation
			Cushion, Dumbbell, Kettlebell, Medicine Ball, Water Bottle, Shaker Bottle, Sweatband, Wrist Wrap, Pull-Up Bar, Push-Up Stand, Ab Roller,
			Balance Board, Agility Ladder, Massage Ball, Massage Gun, Fitness Tracker, Fitness DVD, Workout Journal, Gym Towel, Weight Belt, Boxing
			Gloves, Punching Bag, Swim Goggles, Swim Cap, Golf Balls, Golf Towel, Golf Tees, Tennis Racket, Pickleball Paddle, Pickleball Set, Frisbee/Flying
			Disc, Kite, Skateboard, Longboard, Roller Skates, Bicycle Bell, Bike Basket, Helmet, Hiking Pole, Camping Mug, Camping Lantern, Tent,
			Hammock, Sleeping Bag, Cooler, Cooler Bag, Picnic Blanket, Picnic Basket, Fishing Lure, Compass, Pocket Knife, Multi-Tool, Fire Starter, Camp
			Chair, Dry Bag, Headlamp, Trail Snack Kit, Bug Spray, First Aid Kit`, audiences: all},
		{kinds: ",Ceramic, Wooden, Glass, Marble, Brass, Stoneware, Woven, Metal, Acrylic", things: `Vase, Bowl, Tray, Candle Holder, Planter, Serving Board, Plate, Mug,
			Pitcher, Figurine, Picture Frame, Coaster/Trivet, Storage Box, Ornament, Lamp, Bookend, Clock, Soap Dish, Napkin Ring, Utensil Holder`,
			audiences: all},
		{kinds: ",Velvet, Linen, Cotton, Wool, Faux Fur, Embroidered, Quilted, Silk", things: `Throw Pillow, Pillow Cover, Throw Blanket, Table Runner, Tablecloth,
			Placemat, Napkin, Curtain, Rug, Bath Mat, Bath Towel, Hand Towel, Tea Towel, Apron, Oven Mitt, Duvet Cover, Sheet Set, Quilt, Bed Skirt,
			Floor Cushion`, audiences: all},
		{kinds: ",Accent, Outdoor, Upholstered, Rattan", things: `Chair, Table, Bench, Stool, Sofa, Side Table, Console Table, Coffee Table, Bookcase, Shelf,
			Cabinet, Desk, Ottoman, Headboard, Coat Rack, Mirror, Room Divider, Bar Cart`, audiences: all},
		{kinds: ",Scented, Soy, Beeswax, Holiday, Travel, Hand-Poured", things: `Candle, Pillar Candle, Taper Candle, Tealight, Wax Melt, Incense, Incense Holder,
			Diffuser, Room Spray, Linen Spray, Potpourri, Sachet, Matches, Wick Trimmer`, audiences: all},
		{kinds: ",Natural, Organic, Vegan, Fragrance-Free", things: `Bar Soap, Liquid Soap, Hand Soap, Hand Cream, Body Lotion, Body Butter, Body Oil,
			Body Scrub, Body Wash, Bath Bomb, Bath Salts, Bubble Bath, Face Cream, Face Mask, Face Oil, Face Serum, Face Wash, Face Mist, Toner, Eye
			Cream, Lip Balm, Lip Scrub, Lipstick/Lip Gloss, Mascara, Eyeliner, Eyeshadow, Blush, Foundation, Concealer, Nail Polish, Perfume, Cologne,
			Roll-On Fragrance, Deodorant, Sunscreen, Shampoo, Shampoo Bar, Conditioner, Hair Oil, Hair Mask, Dry Shampoo, Beard Oil, Beard Balm, Shaving
			Cream, After Shave, Essential Oil, Massage Oil, Toothpaste, Mouthwash, Hand Sanitizer`, audiences: all},
		{things: `Gua Sha, Jade Roller, Makeup Brush, Makeup Remover, Loofah, Bath Brush, Hair Brush, Comb, Hair Dryer, Curling Iron, Razor, Shaving Kit,
			Manicure Set, Nail File, Tweezers, Eye Mask, Sleep Mask, Heating Pad, Neck Pillow, Acupressure Mat, Bath Caddy, Bath Pillow, Spa Gift Set, Self
			Care Kit, Tattoo Care, Temporary Tattoo, Period Care, Menstrual Cup, Condoms, Personal Lubricant, Vitamins & Supplements, Herbal Tincture,
			Protein Powder, Electrolyte Drink Mix, Crystals & Stones, Tarot Deck, Oracle Cards, Smudge Stick, Stress Relief Ball/Dough`, audiences: all},
		{kinds: ",Birthday, Thank You, Holiday, Wedding, Sympathy, Baby Shower, Blank, Anniversary, Graduation", things: "Greeting Card, Card Set, Gift Wrap, Gift Bag, Gift Tag, Postcard",
			audiences: all},
		{kinds: ",Weekly, Wall, Desk, Pocket, Spiral, Guided", things: "Planner, Calendar, Notebook, Journal, Notepad, Sketchbook", audiences: all},
		{things: `Pen, Fountain Pen, Gel Pen, Pencil, Colored Pencils, Marker, Highlighter, Eraser, Ruler, Sticky Notes, Sticker, Sticker Sheet, Washi Tape,
			Rubber Stamp, Ink Pad, Bookmark, Paper Clips, Push Pins, Stapler, Tape Dispenser, Desk Organizer, File Folder, Binder, Envelope, Wax Seal, Art
			Print, Poster, Canvas Print, Map, Globe, Wall Decal, Wall Hanging, Tapestry, Magnet, Letter Board, Photo Album, Scrapbook, Guest Book, Ribbon,
			Bow, Balloon, Banner, Garland, Confetti, Party Hat, Party Favor, Paper Plates, Paper Napkins, Paper Straws, Cake Topper, Birthday Candles,
			Pinata, Photo Booth Props, Invitation, Place Card, Table Number, Paint Set, Paint Brush, Embroidery Kit, Knitting Kit, Crochet Kit, Yarn,
			Sewing Kit, Fabric, Quilting Kit, Candle Making Kit, Soap Making Kit, Jewelry Making Kit, Craft Kit, Diamond Painting, Paint by Number`,
			audiences: all},
		{things: `Plush Toy, Squishy Toy, Doll, Doll Clothes, Dollhouse, Action Figure, Puppet, Puzzle, Wooden Puzzle, Jigsaw Puzzle, Board Game, Card
			Game, Building Blocks, Stacking Toy, Shape Sorter, Pull Toy, Ride-On Toy, Scooter, Toy Car, Toy Train, Toy Kitchen, Play Food, Tea Set, Doctor
			Kit, Tool Set, Dress-Up Set, Magic Kit, Science Kit, Slime, Play Dough, Sensory Bin, Sensory Bottle, Fidget Toy, Yo-Yo, Spinning Top, Bubbles,
			Water Toy, Sand Toy, Beach Ball, Musical Instrument, Night Light, Coloring Book, Activity Book, Sticker Book, Flash Cards, Stamp Set, Bath
			Crayons, Play Tent, Teepee, Kids Table, Kids Chair, Toy Storage, Piggy Bank, Wall Decal, Blanket, Pillow, Bedding Set, Water Bottle, Umbrella`,
			audiences: []string{forKids, forAll}},
		{kinds: ",Dark, Milk, Vegan, Gluten-Free, Organic, Keto", things: `Chocolate Bar, Chocolate Truffles, Caramel, Fudge, Cookie, Brownie, Cake Mix, Granola,
			Granola Bar, Protein Bar, Gummies, Hard Candy, Lollipop, Marshmallow, Popcorn, Crackers, Chips, Pretzels, Nut Mix, Dried Fruit`, audiences: all},
		{kinds: ",Herbal, Flavored, Instant, Decaf, Organic", things: "Coffee, Tea, Tea Bags, Loose Leaf Tea, Hot Chocolate/Cocoa, Matcha, Chai, Drink Mix, Iced Tea",
			audiences: all},
		{kinds: ",Organic, Spicy, Truffle, Smoked", things: `Olive Oil, Vinegar, Hot Sauce, BBQ Sauce, Pasta Sauce, Pasta, Salsa, Mustard, Ketchup, Jam/Preserves,
			Honey, Maple Syrup, Nut Butter, Spice Blend, Salt, Pepper, Seasoning, Soup Mix, Dip Mix, Pickles, Olives, Tinned Fish, Jerky, Rice, Beans,
			Pancake Mix, Bread Mix`, audiences: all},
		{things: `Cocktail Mixer, Cocktail Kit, Bitters, Simple Syrup, Non-Alcoholic Spirit, Sparkling Water, Soda, Juice, Kombucha, Lemonade, Wine Glass,
			Cocktail Glass, Pint Glass, Shot Glass, Tumbler, Travel Mug, Can Cooler, Decanter, Flask, Bottle Opener, Corkscrew, Wine Stopper, Ice Bucket, Ice
			Mold, Bar Tools, French Press, Pour Over Coffee Maker, Coffee Grinder, Teapot, Tea Infuser, Kettle, Tea Cup & Saucer, Cutting Board, Chef's
			Knife, Knife Set, Peeler, Grater, Whisk, Spatula, Wooden Spoon, Ladle, Tongs, Rolling Pin, Cookie Cutter, Baking Pan, Muffin Tin, Mixing Bowl,
			Measuring Cups, Measuring Spoons, Colander, Strainer, Skillet, Saucepan, Dutch Oven, Baking Dish, Cake Stand, Butter Dish, Salt & Pepper
			Shakers, Sugar Bowl, Creamer, Gravy Boat, Flatware Set, Chopsticks, Reusable Straw, Lunch Bag, Food Container, Beeswax Wrap, Reusable Bag,
			Produce Bag, Dish Cloth, Dish Brush, Sponge, Dish Soap, Dish Rack, Paper Towel Holder, Laundry Detergent, Dryer Balls, Stain Remover,
			All-Purpose Cleaner, Broom, Dustpan, Trash Can, Laundry Basket, Clothes Hanger, Closet Organizer, Drawer Liner, Doormat, Door Stop, Wall Hook,
			Key Holder, Wreath, Artificial Plant, Dried Flowers, House Plant, Seeds, Seed Kit, Garden Gloves, Garden Tool Set, Watering Can, Plant Mister,
			Plant Stand, Plant Food, Hanging Planter, Terrarium, Wind Chime, Bird Feeder, Bird House, Bird Bath, Garden Stake, Garden Flag, Solar Light,
			String Lights, Lantern, Fire Pit, Grill Tools, Outdoor Rug, Patio Umbrella, Beach Towel, Beach Chair, Pool Float, Phone Case, Phone Stand, Phone
			Charger, Headphones, Earbuds, Bluetooth Speaker, Record Player, Vinyl Record, Camera, Instant Camera, Film, Laptop Sleeve, Tablet Case, Luggage,
			Luggage Tag, Passport Holder, Packing Cubes, Travel Pillow, Travel Bottle Set, Car Air Freshener, Car Coaster, License Plate Frame, Bumper
			Sticker, Cookbook, Coffee Table Book, Novel, Poetry Book, Self-Help Book, Travel Guide, Children's Book, Comic Book, Zine, Trivia Game, Playing
			Cards, Chess Set, Domino Set, Dice, Lighter, Ashtray, Rolling Papers, Cigar Accessories`, audiences: all},
		{kinds: "Dog, Cat, Small Pet, Puppy, Bird", things: `Toy, Treat, Chew, Food, Bowl, Bed, Blanket, Collar, Leash, Harness, Bandana, Sweater, Costume, Coat, Boots,
			Shampoo, Brush, ID Tag, Carrier, Crate, Waste Bags, Supplement, Puzzle Feeder, Bow Tie, Placemat`, audiences: all},
		{kinds: "Christmas, Halloween, Easter, Valentine's Day, Hanukkah, Thanksgiving, Fourth of July, New Year's, Mother's Day, Father's Day, Graduation", things: `Decor, Ornament, Garland, Stocking, Candle,
			Tea Towel, Wreath, Figurine, Gift Set, Serving Platter`, audiences: all},
	}
}
