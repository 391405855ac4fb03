@NullMarked
package org.bascule.websocket.frame;

import org.jspecify.annotations.NullMarked;
