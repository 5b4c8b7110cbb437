#include "mote_layout.h"
#include "mote_system.h"
