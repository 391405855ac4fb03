@NullMarked
package org.bascule.relay.frame;

import org.jspecify.annotations.NullMarked;
