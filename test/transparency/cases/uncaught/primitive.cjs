'use strict';
throw 5;
