import { openDocker } from './docker.ts'
import { engineContract } from './suite.ts'

engineContract('Docker', openDocker)
