import { openDocker, openDockerWithTar } from './docker.ts'
import { engineContract } from './suite.ts'

engineContract('Docker', openDocker)
engineContract('Docker, an image with GNU tar', openDockerWithTar, ['copies'])
